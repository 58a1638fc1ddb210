//! Contracts, orders, delivery, transport; footer; attachment; new means of transport.

use ksef_invoice::fa3::annotations::{
    Aircraft, LandVehicle, NewTransportItem, NewTransportSupply, Vehicle, VehicleNumber, Vessel,
};
use ksef_invoice::fa3::attachment::{
    Attachment, Block, BlockEntry, BlockText, Column, Table, TableEntry, TableHeader, TableRow,
    TableTotals,
};
use ksef_invoice::fa3::footer::{Footer, FooterRemark, Register};
use ksef_invoice::fa3::terms::{
    AgreedRate, Carrier, Contract, Load, OrderReference, Terms, Transport, TransportMeans,
};
use ksef_invoice::fa3::value::code::{ColumnKind, LoadKind, TransportKind, YesNo};
use ksef_invoice::fa3::value::number::ExchangeRate;

use super::parties;
use super::view::View;

pub(super) fn terms(view: &View<'_>) -> Terms {
    let contracts = view
        .list("contracts")
        .iter()
        .map(|contract| Contract {
            date: contract.value("date"),
            number: contract.value("number"),
        })
        .collect();
    let orders = view
        .list("orders")
        .iter()
        .map(|order| OrderReference {
            date: order.value("date"),
            number: order.value("number"),
        })
        .collect();
    let agreed_rate = view.get("agreedRate").and_then(|agreed| {
        let rate = agreed
            .decimal("rate", 6)
            .and_then(|rate| agreed.checked("rate", ExchangeRate::new(rate)));
        let currency = agreed.value("currency");
        Some(AgreedRate::new(rate?, currency?))
    });
    let transports = view
        .list("transports")
        .iter()
        .filter_map(transport)
        .collect();
    Terms {
        contracts: view.bounded(contracts),
        orders: view.bounded(orders),
        batches: view.bounded(view.values("batches")),
        delivery: view.value("delivery"),
        agreed_rate,
        transports: view.bounded(transports),
        intermediary: view.flag("intermediary"),
    }
}

fn transport(view: &View<'_>) -> Option<Transport> {
    let means = match view.one_of(&["means", "meansDescription"]) {
        Some("means") => view
            .choice("means", &MEANS, TransportKind::from_code)
            .map(TransportMeans::Known),
        Some(_) => view.value("meansDescription").map(TransportMeans::Other),
        None => None,
    };
    let load = match view.one_of(&["load", "loadDescription"]) {
        Some("load") => view
            .choice("load", &LOADS, LoadKind::from_code)
            .map(Load::Known),
        Some(_) => view.value("loadDescription").map(Load::Other),
        None => None,
    };
    let carrier = view.get("carrier").and_then(|carrier| {
        let identity = parties::party_identity(&carrier);
        let address = carrier
            .get("address")
            .and_then(|view| parties::address(&view));
        Some(Carrier::new(identity?, address?))
    });
    let place = |key: &str| view.get(key).and_then(|view| parties::address(&view));
    let through = view
        .list("through")
        .iter()
        .filter_map(parties::address)
        .collect();
    Some(Transport {
        carrier,
        order_number: view.value("orderNumber"),
        packaging: view.value("packaging"),
        started: view.value("startedAt"),
        ended: view.value("endedAt"),
        from: place("from"),
        through: view.bounded(through),
        to: place("to"),
        ..Transport::new(means?, load?)
    })
}

/// The footer; `None` when there is nothing for it.
pub(super) fn footer(invoice: &View<'_>) -> Option<Footer> {
    if !invoice.has("footer") && !invoice.has("registers") {
        return None;
    }
    let remarks = invoice
        .list("footer")
        .iter()
        .map(|text| FooterRemark { text: text.own() })
        .collect();
    let registers = invoice
        .list("registers")
        .iter()
        .map(|register| Register {
            name: register.value("name"),
            krs: register.value("krs"),
            regon: register.value("regon"),
            bdo: register.value("bdo"),
        })
        .collect();
    Some(Footer {
        remarks: invoice.bounded(remarks),
        registers: invoice.bounded(registers),
    })
}

pub(super) fn attachment(view: &View<'_>) -> Option<Attachment> {
    let blocks = view.list("blocks").iter().filter_map(block).collect();
    Some(Attachment::new(view.filled(blocks)?))
}

fn block(view: &View<'_>) -> Option<Block> {
    let entries = view
        .list("entries")
        .iter()
        .filter_map(|entry| Some(BlockEntry::new(entry.value("key")?, entry.value("value")?)))
        .collect();
    let paragraphs = view.values("paragraphs");
    let text = match paragraphs.is_empty() {
        true => None,
        false => view.filled(paragraphs).map(BlockText::new),
    };
    let tables = view.list("tables").iter().filter_map(table).collect();
    Some(Block {
        heading: view.value("heading"),
        text,
        tables: view.bounded(tables),
        ..Block::new(view.filled(entries)?)
    })
}

fn table(view: &View<'_>) -> Option<Table> {
    let entries = view
        .list("entries")
        .iter()
        .filter_map(|entry| Some(TableEntry::new(entry.value("key")?, entry.value("value")?)))
        .collect();
    let columns = view
        .list("columns")
        .iter()
        .filter_map(|column| {
            let kind = ColumnKind::from_code(column.text("type")?);
            let name = column.value("name");
            Some(Column {
                kind: kind?,
                name: name?,
            })
        })
        .collect();
    let rows = view
        .list("rows")
        .iter()
        .filter_map(|row| {
            let cells = row.elements().iter().filter_map(View::own).collect();
            row.filled(cells).map(TableRow::new)
        })
        .collect();
    let totals = match view.has("totals") {
        true => view.filled(view.values("totals")).map(TableTotals::new),
        false => None,
    };
    let header = TableHeader::new(view.filled(columns)?);
    Some(Table {
        entries: view.bounded(entries),
        description: view.value("description"),
        totals,
        ..Table::new(header, view.filled(rows)?)
    })
}

pub(super) fn new_transport(view: &View<'_>) -> Option<NewTransportSupply> {
    let items = view.list("items").iter().filter_map(vehicle).collect();
    Some(NewTransportSupply {
        article_42_5: YesNo::from(view.flag("article42_5")),
        ..NewTransportSupply::new(view.filled(items)?)
    })
}

fn vehicle(view: &View<'_>) -> Option<NewTransportItem> {
    let kind = view.one_of(&["land", "vessel", "aircraft"])?;
    let part = view.get(kind)?;
    let vehicle = match kind {
        "land" => {
            part.at_most_one(&["vin", "body", "chassis", "frame"]);
            let number = part
                .value("vin")
                .map(VehicleNumber::Vin)
                .or_else(|| part.value("body").map(VehicleNumber::Body))
                .or_else(|| part.value("chassis").map(VehicleNumber::Chassis))
                .or_else(|| part.value("frame").map(VehicleNumber::Frame));
            Vehicle::Land(LandVehicle {
                number,
                kind: part.value("type"),
                ..LandVehicle::new(part.value("mileage")?)
            })
        }
        "vessel" => Vehicle::Vessel(Vessel {
            hull: part.value("hull"),
            ..Vessel::new(part.value("hours")?)
        }),
        _ => Vehicle::Aircraft(Aircraft {
            serial: part.value("serial"),
            ..Aircraft::new(part.value("hours")?)
        }),
    };
    Some(NewTransportItem {
        make: view.value("make"),
        model: view.value("model"),
        colour: view.value("colour"),
        registration: view.value("registration"),
        year: view.value("year"),
        ..NewTransportItem::new(view.value("admitted")?, view.value("line")?, vehicle)
    })
}

const MEANS: [(&str, &str); 7] = [
    ("sea", "1"),
    ("rail", "2"),
    ("road", "3"),
    ("air", "4"),
    ("post", "5"),
    ("fixedInstallations", "7"),
    ("inlandWaterway", "8"),
];

const LOADS: [(&str, &str); 20] = [
    ("can", "1"),
    ("barrel", "2"),
    ("cylinder", "3"),
    ("carton", "4"),
    ("canister", "5"),
    ("cage", "6"),
    ("container", "7"),
    ("basket", "8"),
    ("punnet", "9"),
    ("collectivePackage", "10"),
    ("parcel", "11"),
    ("packet", "12"),
    ("pallet", "13"),
    ("receptacle", "14"),
    ("bulkSolidContainer", "15"),
    ("bulkLiquidContainer", "16"),
    ("box", "17"),
    ("tin", "18"),
    ("crate", "19"),
    ("sack", "20"),
];
