use ksef_api::operation::Permission;
use ksef_api::ops::permissions::PermissionTarget;

use super::authorisations::Authorisation;
use super::grant::Purpose;
use super::*;
use crate::world::state::State;
use crate::world::subjects::Person;

const OFFICE: &str = "Nip:5265877635";
const CLIENT: &str = "Nip:7762811692";
const EMPLOYEE: &str = "Pesel:15062788702";

fn grant(context: &str, authorized: &str, purpose: Purpose, scope: Permission) -> Grant {
    Grant {
        id: new_id(),
        granted_in: context.parse().unwrap(),
        authorized: authorized.parse().unwrap(),
        can_delegate: purpose == Purpose::Entity,
        purpose,
        scope,
        author: PermissionAuthor::System,
        description: "granted".to_owned(),
        person: None,
        entity: None,
        started: Timestamp::UNIX_EPOCH,
    }
}

fn names(state: &State, context: &str, subject: &str) -> Vec<&'static str> {
    state
        .permissions_of(&context.parse().unwrap(), &subject.parse().unwrap())
        .names()
}

fn sole_trader(state: &mut State, changes: &mut Changes) {
    let person = Person {
        nip: "7762811692".parse().unwrap(),
        pesel: "15062788702".parse().unwrap(),
        is_bailiff: false,
        is_deceased: false,
        description: "sole trader".to_owned(),
        created: "2026-01-01T00:00:00Z".parse().unwrap(),
        removed: false,
    };
    state.subjects.add_person(changes, person).unwrap();
}

#[test]
fn the_owner_is_whoever_has_the_nip_of_the_context() {
    let (mut state, mut changes) = (State::fresh(), Changes::new(false));
    assert_eq!(names(&state, CLIENT, CLIENT), ["Owner"]);
    assert!(names(&state, CLIENT, EMPLOYEE).is_empty());
    sole_trader(&mut state, &mut changes);
    assert_eq!(names(&state, CLIENT, EMPLOYEE), ["Owner"]);
    let (nip, pesel) = (CLIENT.parse().unwrap(), EMPLOYEE.parse().unwrap());
    assert!(state.subjects.are_the_same(&nip, &pesel));
    assert!(state.subjects.are_the_same(&pesel, &nip));
    state
        .subjects
        .remove_person(&mut changes, &"7762811692".parse().unwrap());
    assert!(names(&state, CLIENT, EMPLOYEE).is_empty());
}

#[test]
fn permissions_follow_the_link_of_nip_and_pesel() {
    let (mut state, mut changes) = (State::fresh(), Changes::new(false));
    for scope in [Permission::InvoiceRead, Permission::InvoiceWrite] {
        let grant = grant(OFFICE, CLIENT, Purpose::Person, scope);
        state.permissions.add(&mut changes, grant);
    }
    assert!(names(&state, OFFICE, EMPLOYEE).is_empty());
    sole_trader(&mut state, &mut changes);
    assert_eq!(
        names(&state, OFFICE, EMPLOYEE),
        ["InvoiceRead", "InvoiceWrite"]
    );
    state
        .permissions
        .remove_all_of(&mut changes, &CLIENT.parse().unwrap());
    assert!(names(&state, OFFICE, CLIENT).is_empty());
    assert_eq!(state.permissions.grants().count(), 0);
}

#[test]
fn nothing_is_granted_twice() {
    let (mut state, mut changes) = (State::fresh(), Changes::new(false));
    for _ in 0..2 {
        let grant = grant(OFFICE, EMPLOYEE, Purpose::Person, Permission::InvoiceRead);
        state.permissions.add(&mut changes, grant);
    }
    assert_eq!(state.permissions.grants().count(), 1);
}

#[test]
fn indirect_permissions_are_what_both_passed_on() {
    let (mut state, mut changes) = (State::fresh(), Changes::new(false));
    let general = Purpose::Indirect(PermissionTarget::AllPartners);
    for scope in [Permission::InvoiceRead, Permission::InvoiceWrite] {
        let grant = grant(OFFICE, EMPLOYEE, general.clone(), scope);
        state.permissions.add(&mut changes, grant);
    }
    assert!(names(&state, CLIENT, EMPLOYEE).is_empty());
    let passed_on = grant(CLIENT, OFFICE, Purpose::Entity, Permission::InvoiceRead);
    let kept = Grant {
        can_delegate: false,
        ..grant(CLIENT, OFFICE, Purpose::Entity, Permission::InvoiceWrite)
    };
    let id = passed_on.id;
    state.permissions.add(&mut changes, passed_on);
    state.permissions.add(&mut changes, kept);
    assert_eq!(names(&state, CLIENT, EMPLOYEE), ["InvoiceRead"]);
    assert_eq!(
        names(&state, CLIENT, OFFICE),
        ["InvoiceRead", "InvoiceWrite"],
        "the intermediary itself"
    );
    assert!(names(&state, OFFICE, EMPLOYEE).is_empty());
    state.permissions.remove(&mut changes, &id);
    assert!(names(&state, CLIENT, EMPLOYEE).is_empty());
}

#[test]
fn authorisations_are_found_by_all_three_parts() {
    let (mut state, mut changes) = (State::fresh(), Changes::new(false));
    let (seller, grantee) = ("5265877635".parse().unwrap(), CLIENT.parse().unwrap());
    let record = AuthorisationRecord {
        id: new_id(),
        seller,
        grantee,
        authorisation: Authorisation::SelfInvoicing,
        author: PermissionAuthor::System,
        description: "granted".to_owned(),
        full_name: None,
        started: Timestamp::UNIX_EPOCH,
    };
    state.permissions.authorise(&mut changes, record);
    let holds = |authorisation| state.permissions.holds(seller, &grantee, authorisation);
    assert!(holds(Authorisation::SelfInvoicing));
    assert!(!holds(Authorisation::RrInvoicing));
}
