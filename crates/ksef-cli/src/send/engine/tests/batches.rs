//! The same in batch.

use super::*;

async fn run_batch(folder: &Path, world: &World, plan: &Plan) -> Result<(), Error> {
    run_in(Way::Batch, true, folder, world, plan, 1).await
}

/// Nothing of a package that is over may stay: it holds a key and addresses.
fn assert_no_package_is_left(folder: &Path) {
    let mut folders = vec![folder.join("journal")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(
                path.extension().is_none_or(|end| end != "batch"),
                "{path:?}"
            );
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_package_without_trouble() {
    for is_spooled in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let world = World::default();
        let plan = plan(folder.path());
        run_in(Way::Batch, is_spooled, folder.path(), &world, &plan, 1)
            .await
            .unwrap();
        assert_eq!(verdicts(folder.path(), &plan), "AACRA");
        assert_eq!((world.taken(), world.packages()), (5, vec![5]));
        assert_no_package_is_left(folder.path());
        run_batch(folder.path(), &world, &plan).await.unwrap();
        assert_eq!(world.batches(), 1, "a second run sends nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn killed_anywhere_and_run_again_nothing_is_lost_or_doubled() {
    for is_spooled in [true, false] {
        let first = async |folder: &Path, world: &World, plan: &Plan| {
            run_in(Way::Batch, is_spooled, folder, world, plan, 1).await
        };
        kill_anywhere(12, first, run_batch, |folder, _| {
            assert_no_package_is_left(folder);
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_line_is_cut_anywhere() {
    cut_anywhere(12, run_batch, |folder, world| {
        assert_eq!(world.taken(), 5);
        assert_no_package_is_left(folder);
    })
    .await;
}

/// A run that was killed just before it removed a package.
#[tokio::test(start_paused = true)]
async fn what_is_over_is_removed_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    run_batch(folder.path(), &world, &plan).await.unwrap();
    let journal = walk(&folder.path().join("journal"))
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .unwrap();
    let place = journal.with_extension("batch").join("1");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("package.json"), "{}").unwrap();
    run_batch(folder.path(), &world, &plan).await.unwrap();
    assert_no_package_is_left(folder.path());
}

/// Whatever a run that died left is finished by a run in the other way too.
#[tokio::test(start_paused = true)]
async fn a_package_left_behind_is_no_hindrance_to_interactive_sending() {
    for step in 0..14 {
        let folder = tempfile::tempdir().unwrap();
        let world = World::default();
        let plan = plan(folder.path());
        world.kill_at(step);
        let killed = run_batch(folder.path(), &world, &plan).await;
        if killed.is_ok() {
            break;
        }
        world.kill_at(usize::MAX);
        run(folder.path(), &world, &plan, 1).await.unwrap();
        assert_eq!(verdicts(folder.path(), &plan), "AACRA", "killed at {step}");
        world.assert_each_accepted_once(3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_failed_as_a_whole_is_sent_again_but_not_for_ever() {
    for code in [405, 415, 430, 435, 440, 500] {
        let folder = tempfile::tempdir().unwrap();
        let world = World::default();
        let plan = plan(folder.path());
        world.fail_batches(&[code, code]);
        run_batch(folder.path(), &world, &plan).await.unwrap();
        assert_eq!(verdicts(folder.path(), &plan), "AACRA", "{code}");
        assert_eq!(world.packages(), [5, 5, 5]);
        world.assert_each_accepted_once(3);
    }
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    world.fail_batches(&[415; 10]);
    run_batch(folder.path(), &world, &plan).await.unwrap();
    assert_eq!(verdicts(folder.path(), &plan), "?????");
    assert_eq!(world.packages(), [5, 5, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_package_that_holds_too_many_is_halved() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    world.limit_batches(2);
    run_batch(folder.path(), &world, &plan).await.unwrap();
    assert_eq!(verdicts(folder.path(), &plan), "AACRA");
    assert_eq!(world.packages(), [5, 2, 2, 1]);
    world.assert_each_accepted_once(3);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_went_astray_is_uploaded_again() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    world.lose_parts(2);
    run_batch(folder.path(), &world, &plan).await.unwrap();
    assert_eq!(verdicts(folder.path(), &plan), "AACRA");
    assert_eq!((world.batches(), world.packages()), (1, vec![5]));
}

/// A run is killed after its parts' addresses were given; when they have ended, another session is opened.
#[tokio::test(start_paused = true)]
async fn addresses_that_have_ended_and_files_that_changed_need_another_package() {
    let opened_and_no_more = 2;
    for spoil in ["addresses", "file", "parts"] {
        let folder = tempfile::tempdir().unwrap();
        let world = World::default();
        let before = plan(folder.path());
        world.kill_at(opened_and_no_more);
        let is_spooled = spoil == "parts";
        let killed = run_in(Way::Batch, is_spooled, folder.path(), &world, &before, 1).await;
        assert!(killed.is_err());
        world.kill_at(usize::MAX);
        let mut after = plan(folder.path());
        match spoil {
            "addresses" => world.end_addresses(),
            // Nobody asks for the fifth invoice any more: it must not go.
            "file" => drop(after.invoices.pop()),
            _ => {
                for path in walk(folder.path()) {
                    if path.file_name().is_some_and(|name| name == "part-1") {
                        std::fs::write(path, b"spoilt").unwrap();
                    }
                }
            }
        }
        run_batch(folder.path(), &world, &after).await.unwrap();
        let expected = if spoil == "file" { "AACR?" } else { "AACRA" };
        assert_eq!(verdicts(folder.path(), &before), expected, "{spoil}");
        assert_eq!(world.batches(), 2, "{spoil}");
        assert_no_package_is_left(folder.path());
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

#[tokio::test(start_paused = true)]
async fn a_file_that_changed_meanwhile_does_not_hold_up_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    std::fs::write(folder.path().join("1.xml"), "changed").unwrap();
    run_batch(folder.path(), &world, &plan).await.unwrap();
    assert_eq!(verdicts(folder.path(), &plan), "A?CRA");
    assert_eq!(world.packages(), [4]);
}

#[tokio::test(start_paused = true)]
async fn when_the_hour_is_used_up_the_rest_goes_in_batch() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let plan = plan(folder.path());
    world.throttle_once(Duration::from_secs(3_000));
    let way = Way::Auto(100.try_into().unwrap());
    run_in(way, true, folder.path(), &world, &plan, 1)
        .await
        .unwrap();
    assert_eq!(verdicts(folder.path(), &plan), "AACRA");
    assert_eq!(world.packages(), [5]);
}

#[tokio::test(start_paused = true)]
async fn from_a_number_on_invoices_go_in_batch() {
    for (from, packages) in [(5, vec![5]), (6, vec![])] {
        let folder = tempfile::tempdir().unwrap();
        let world = World::default();
        let plan = plan(folder.path());
        let way = Way::Auto(from.try_into().unwrap());
        run_in(way, true, folder.path(), &world, &plan, 1)
            .await
            .unwrap();
        assert_eq!(verdicts(folder.path(), &plan), "AACRA");
        assert_eq!(world.packages(), packages);
    }
}

#[tokio::test(start_paused = true)]
async fn a_technical_correction_never_goes_in_batch() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::default();
    let mut plan = plan(folder.path());
    plan.invoices[0].corrects = Some(plan.invoices[1].planned.hash);
    run_in(Way::Batch, true, folder.path(), &world, &plan, 1)
        .await
        .unwrap();
    assert_eq!(world.packages(), [4]);
}
