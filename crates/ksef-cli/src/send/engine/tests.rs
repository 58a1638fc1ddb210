//! The engine against a KSeF in memory that can die, or cut the line, before and after each thing it does.

mod batches;
mod world;

use std::path::Path;
use std::time::Duration;

use ksef_core::clock::SystemClock;
use ksef_crypto::package::ArchiveForm;

use self::world::{World, WorldClient};
use super::*;
use crate::lang::Lang;
use crate::send::journal::{JournalKey, JournalLock};
use crate::send::ledger::Verdict;
use crate::send::plan::tests::invoice;
use crate::send::plan::{Plan, PlanRules};

const SELLER: &str = "5265877635";

/// Five invoices: two with one number, one that KSeF refuses.
fn plan(folder: &Path) -> Plan {
    let numbers = ["A/1", "A/2", "A/1", "REFUSE/1", "A/3"];
    let files: Vec<_> = numbers
        .iter()
        .enumerate()
        .map(|(index, number)| {
            let path = folder.join(format!("{index}.xml"));
            let text = invoice(SELLER, number, "2026-11-20") + &" ".repeat(index);
            std::fs::write(&path, text).unwrap();
            path
        })
        .collect();
    Plan::make(&files, &PlanRules::default())
}

/// One run of the program, with a fresh journal handle.
async fn run(folder: &Path, world: &World, plan: &Plan, lanes: usize) -> Result<(), Error> {
    run_in(Way::Interactive, true, folder, world, plan, lanes).await
}

/// The same in another way; packages with or without parts on disk.
async fn run_in(
    way: Way,
    is_spooled: bool,
    folder: &Path,
    world: &World,
    plan: &Plan,
    lanes: usize,
) -> Result<(), Error> {
    let key = JournalKey {
        environment: "sandbox:test".to_owned(),
        context: ksef_core::nip::Nip::parse(SELLER).unwrap().into(),
    };
    let clock = SystemClock::shared();
    let lock = JournalLock::take(&folder.join("journal"), key).unwrap();
    let (journal, torn) = JournalFile::open(lock, clock.clone()).unwrap();
    assert_eq!(torn, None);
    let options = Options {
        wait: Duration::from_secs(10),
        lanes,
        way,
        packaging: Packaging {
            form: ArchiveForm::TarGz,
            is_spooled,
        },
        retry_rejected: false,
        folder: folder.join("out"),
        anchors: Anchors::default(),
    };
    let (_switch, stop) = Stop::new();
    let invoices: Vec<_> = plan.invoices.iter().collect();
    let remote = WorldClient {
        world,
        journal: &journal,
    };
    let engine = Engine {
        remote: &remote,
        journal: &journal,
        packages: &Packages::beside(journal.path()),
        options: &options,
        clock: &clock,
        stop: &stop,
        printer: &Printer::new(Lang::En, false, true),
        label: None,
        invoices: &invoices,
        trouble: RefCell::default(),
        resume_at: Cell::default(),
        is_full: Cell::default(),
        seen: RefCell::default(),
    };
    tokio::select! {
        outcome = engine.run() => outcome,
        () = world.killed() => Err(Error::failed(Text::verbatim("killed"))),
    }
}

/// What the journal says in the end, as one letter per invoice.
fn verdicts(folder: &Path, plan: &Plan) -> String {
    let key = JournalKey {
        environment: "sandbox:test".to_owned(),
        context: ksef_core::nip::Nip::parse(SELLER).unwrap().into(),
    };
    let lock = JournalLock::take(&folder.join("journal"), key).unwrap();
    let (journal, _) = JournalFile::open(lock, SystemClock::shared()).unwrap();
    assert!(
        journal
            .ask(crate::send::ledger::Ledger::open_sessions)
            .is_empty()
    );
    let letter = |invoice: &PlannedInvoice| {
        let known = journal.invoice(&invoice.planned.hash);
        match known.verdict {
            Some(Verdict::Accepted(_)) if known.receipt.is_some() => 'A',
            Some(Verdict::Accepted(_)) => 'a',
            Some(Verdict::Rejected(rejected)) if rejected.conflict.is_some() => 'C',
            Some(Verdict::Rejected(_)) => 'R',
            None => '?',
        }
    };
    plan.invoices.iter().map(letter).collect()
}

#[tokio::test(start_paused = true)]
async fn a_run_without_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    run(folder.path(), &world, &plan, 2).await.unwrap();
    assert_eq!(verdicts(folder.path(), &plan), "AACRA");
    let taken = world.taken();
    assert_eq!((taken, world.open_sessions()), (5, 0));
    run(folder.path(), &world, &plan, 2).await.unwrap();
    assert_eq!(world.taken(), taken, "a second run sends nothing");
}

/// Kills the `first` run before and after each thing it does, and runs `again`: in the end every invoice has its verdict,
/// nothing was sent twice, and what else `holds`.
async fn kill_anywhere(
    steps_min: usize,
    first: impl AsyncFn(&Path, &World, &Plan) -> Result<(), Error>,
    again: impl AsyncFn(&Path, &World, &Plan) -> Result<(), Error>,
    holds: impl Fn(&Path, &World),
) {
    let mut step = 0;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let (world, plan) = (World::default(), plan(folder.path()));
        world.kill_at(step);
        let survived = first(folder.path(), &world, &plan).await.is_ok();
        if !survived {
            world.kill_at(usize::MAX);
            again(folder.path(), &world, &plan).await.unwrap();
        }
        let verdicts = verdicts(folder.path(), &plan);
        assert_eq!(verdicts, "AACRA", "killed at step {step}");
        world.assert_each_accepted_once(3);
        assert_eq!(world.taken(), 5, "killed at step {step}");
        holds(folder.path(), &world);
        if survived {
            assert!(
                step >= steps_min,
                "the world was killed in too few places: {step}"
            );
            break;
        }
        step += 1;
    }
}

/// Cuts the line before and after each thing that a run does; it is run again until it comes to its end.
async fn cut_anywhere(
    steps_min: usize,
    go: impl AsyncFn(&Path, &World, &Plan) -> Result<(), Error>,
    holds: impl Fn(&Path, &World),
) {
    let mut step = 0;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let (world, plan) = (World::default(), plan(folder.path()));
        world.cut_at(step);
        let mut outcome = go(folder.path(), &world, &plan).await;
        let was_cut = world.was_cut();
        let mut runs = 1;
        while let Err(error) = &outcome {
            assert_eq!(error.exit(), Exit::Unavailable, "{error}");
            runs += 1;
            assert!(runs < 4, "cut at step {step}: {error}");
            outcome = go(folder.path(), &world, &plan).await;
        }
        let verdicts = verdicts(folder.path(), &plan);
        assert_eq!(verdicts, "AACRA", "cut at step {step}");
        world.assert_each_accepted_once(3);
        holds(folder.path(), &world);
        if !was_cut {
            break;
        }
        step += 1;
    }
    assert!(
        step >= steps_min,
        "the line was cut in too few places: {step}"
    );
}

#[tokio::test(start_paused = true)]
async fn killed_anywhere_and_run_again_nothing_is_lost_or_doubled() {
    for lanes in [1, 3] {
        let go =
            async |folder: &Path, world: &World, plan: &Plan| run(folder, world, plan, lanes).await;
        kill_anywhere(15, go, go, |_, world| assert_eq!(world.open_sessions(), 0)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_line_is_cut_anywhere() {
    let go = async |folder: &Path, world: &World, plan: &Plan| run(folder, world, plan, 2).await;
    cut_anywhere(15, go, |_, _| ()).await;
}

#[tokio::test(start_paused = true)]
async fn what_ksef_gives_back_unjudged_is_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    world.give_back(2);
    run(folder.path(), &world, &plan, 1).await.unwrap();
    let third_took_the_number_of_the_first = "CAARA";
    assert_eq!(
        verdicts(folder.path(), &plan),
        third_took_the_number_of_the_first
    );
    world.assert_each_accepted_once(3);
    assert_eq!(world.taken(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_stop_closes_what_is_open_and_the_next_run_continues() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    world.refuse_all_sending();
    let error = run(folder.path(), &world, &plan, 1).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Auth);
    assert_eq!((world.taken(), world.open_sessions()), (0, 0));
    world.allow_sending();
    run(folder.path(), &world, &plan, 1).await.unwrap();
    assert_eq!(verdicts(folder.path(), &plan), "AACRA");
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_waited_out_when_that_is_soon_and_told_when_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    world.throttle_once(Duration::from_secs(3600));
    let error = run(folder.path(), &world, &plan, 1).await.unwrap_err();
    assert_eq!((error.exit(), world.taken()), (Exit::RateLimited, 0));
    world.throttle_once(Duration::from_millis(200));
    run(folder.path(), &world, &plan, 2).await.unwrap();
    assert_eq!(verdicts(folder.path(), &plan), "AACRA");
    assert_eq!(world.taken(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_original_that_may_not_be_read_leaves_the_duplicate_open_and_is_asked_for_once() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    run(folder.path(), &world, &plan, 1).await.unwrap();
    // Another user sends other documents with the same numbers, and may not read the originals.
    let other = tempfile::tempdir().unwrap();
    let text = invoice(SELLER, "A/2", "2026-11-20") + "<!-- other -->";
    let path = other.path().join("a.xml");
    std::fs::write(&path, text).unwrap();
    let plan = Plan::make(&[path], &PlanRules::default());
    world.hide_documents();
    run(other.path(), &world, &plan, 1).await.unwrap();
    assert_eq!(verdicts(other.path(), &plan), "?");
    assert_eq!(world.judged(), 1);
    run(other.path(), &world, &plan, 1).await.unwrap();
    assert_eq!(
        (world.judged(), world.taken()),
        (2, 6),
        "a later run asks again, and sends nothing"
    );
}
