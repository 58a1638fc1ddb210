//! Lines, and how they are taxed.

use std::collections::{HashMap, HashSet, VecDeque};

use ksef_invoice::fa3::build::{
    Change, Discount, Exemption, Item, Line, MarginScheme, OrderLine, TaxLiability, Vat,
};
use ksef_invoice::fa3::value::code::{Gtu, OrderProcedure, Procedure};
use rust_decimal::Decimal;

use super::view::View;

/// What the invoice says about the tax of its lines.
#[derive(Debug, Clone)]
pub(super) struct Taxation {
    exemption: Option<Exemption>,
    margin: Option<MarginScheme>,
    liability: TaxLiability,
}

impl Taxation {
    pub(super) fn read(invoice: &View<'_>) -> Self {
        let annotations = invoice.get("annotations");
        let exemption = annotations
            .as_ref()
            .and_then(|view| view.get("exemption"))
            .and_then(|view| {
                let key = view.one_of(&["act", "directive", "other"])?;
                let text = view.text(key)?.to_owned();
                Some(match key {
                    "act" => Exemption::Act(text),
                    "directive" => Exemption::Directive(text),
                    _ => Exemption::Other(text),
                })
            });
        let margin = match annotations
            .as_ref()
            .and_then(|view| view.text("marginScheme"))
        {
            Some("travel") => Some(MarginScheme::Travel),
            Some("usedGoods") => Some(MarginScheme::UsedGoods),
            Some("art") => Some(MarginScheme::Art),
            Some("antiques") => Some(MarginScheme::Antiques),
            _ => None,
        };
        let buyer_accounts = annotations.is_some_and(|view| view.flag("reverseCharge"));
        Self {
            exemption,
            margin,
            liability: if buyer_accounts {
                TaxLiability::Buyer
            } else {
                TaxLiability::NotBuyer
            },
        }
    }

    /// The tax of a line, unless it is of a margin scheme; what is missing is noted.
    pub(super) fn vat(&self, line: &View<'_>) -> Option<Vat> {
        if line.has("ossRate") {
            line.one_of(&["vatRate", "ossRate"])?;
            return line.decimal("ossRate", 6).map(Vat::OneStopShop);
        }
        let Some(rate) = line.text("vatRate") else {
            line.missing(&["vatRate"]);
            return None;
        };
        Some(match rate {
            "23" => Vat::Rate23,
            "22" => Vat::Rate22,
            "8" => Vat::Rate8,
            "7" => Vat::Rate7,
            "5" => Vat::Rate5,
            "4" => Vat::Rate4,
            "3" => Vat::Rate3,
            "0 KR" => Vat::ZeroDomestic,
            "0 WDT" => Vat::ZeroIntraEu,
            "0 EX" => Vat::ZeroExport,
            "zw" => {
                let Some(exemption) = &self.exemption else {
                    line.get("vatRate")?.meaning(
                        "exemption-basis",
                        "stawka „zw” wymaga podstawy zwolnienia: „Podstawa zwolnienia” albo annotations.exemption",
                        "the rate “zw” needs the basis of the exemption: “Exemption basis” or annotations.exemption",
                    );
                    return None;
                };
                Vat::Exempt(exemption.clone())
            }
            "oo" => Vat::ReverseCharge,
            "np I" => Vat::OutsidePoland(self.liability),
            "np II" => Vat::OutsidePolandServices,
            _ => {
                line.get("vatRate")?.meaning(
                    "margin-scheme",
                    "stawka „margin” nie jest tu możliwa",
                    "the rate “margin” is not possible here",
                );
                return None;
            }
        })
    }

    /// What the invoice says about tax must have lines it is about.
    pub(super) fn check(&self, invoice: &View<'_>) {
        let Some(annotations) = invoice.get("annotations") else {
            return;
        };
        let lines = invoice.list("lines");
        let has = |rates: &[&str]| {
            lines
                .iter()
                .filter_map(|line| line.text("vatRate"))
                .any(|rate| rates.contains(&rate))
        };
        let differences = invoice
            .get("correction")
            .is_some_and(|correction| correction.has("differences"));
        if lines.is_empty() || differences {
            return;
        }
        if annotations.flag("reverseCharge")
            && !has(&["oo", "np I", "np II"])
            && let Some(view) = annotations.get("reverseCharge")
        {
            view.meaning(
                "reverse-charge-lines",
                "odwrotne obciążenie wymaga pozycji ze stawką oo, np I albo np II",
                "a reverse charge needs a line with the rate oo, np I or np II",
            );
        }
        if self.margin.is_some()
            && !has(&["margin"])
            && let Some(view) = annotations.get("marginScheme")
        {
            view.meaning(
                "margin-lines",
                "procedura marży wymaga pozycji ze stawką „margin”",
                "a margin scheme needs a line with the rate “margin”",
            );
        }
    }
}

/// A line of an invoice.
pub(super) fn line(view: &View<'_>, taxation: &Taxation) -> Option<Line> {
    let item = item(view);
    let quantity = view.decimal("quantity", 6);
    view.at_most_one(&["netPrice", "grossPrice"]);
    view.at_most_one(&["netPrice", "grossAmount"]);
    view.at_most_one(&["grossPrice", "netAmount"]);
    view.at_most_one(&["netAmount", "grossAmount"]);
    view.at_most_one(&["discount", "unitDiscount"]);
    let net_price = view.decimal("netPrice", 8);
    let gross_price = view.decimal("grossPrice", 8);
    let net_amount = view.decimal("netAmount", 2);
    let gross_amount = view.decimal("grossAmount", 2);
    let needs_quantity = view.has("netPrice") || view.has("grossPrice");
    if needs_quantity && !view.has("quantity") {
        view.missing(&["quantity"]);
        return None;
    }
    let mut line = if view.text("vatRate") == Some("margin") {
        margin_line(view, taxation, item?, quantity, gross_price)?
    } else {
        let vat = taxation.vat(view);
        let keys = ["netPrice", "grossPrice", "netAmount", "grossAmount"];
        match (net_price, gross_price, net_amount, gross_amount) {
            (Some(price), ..) => Line::net(item?, vat?, quantity?, price),
            (_, Some(price), ..) => Line::gross(item?, vat?, quantity?, price),
            (_, _, Some(value), _) => Line::net_value(item?, vat?, value),
            (_, _, _, Some(value)) => Line::gross_value(item?, vat?, value),
            _ => {
                if !keys.iter().any(|key| view.has(key)) {
                    view.missing(&keys);
                }
                return None;
            }
        }
    };
    if let Some(value) = net_amount.or(gross_amount) {
        line = line.with_value(value);
    }
    if let Some(discount) = view.decimal("discount", 8) {
        line = line.with_discount(Discount::Total(discount));
    }
    if let Some(discount) = view.decimal("unitDiscount", 8) {
        line = line.with_discount(Discount::PerUnit(discount));
    }
    if let Some(day) = view.date("date") {
        line = line.sold_on(day);
    }
    if let Some(rate) = view.decimal("exchangeRate", 6) {
        line = line.with_exchange_rate(rate);
    }
    if let Some(procedure) = view.text("procedure").and_then(Procedure::from_code) {
        line = line.with_procedure(procedure);
    }
    if let Some(number) = number(view) {
        line = line.with_number(number);
    }
    Some(line)
}

fn margin_line(
    view: &View<'_>,
    taxation: &Taxation,
    item: Item,
    quantity: Option<Decimal>,
    gross_price: Option<Decimal>,
) -> Option<Line> {
    let Some(scheme) = taxation.margin else {
        view.get("vatRate")?.meaning(
            "margin-scheme",
            "stawka „margin” wymaga procedury marży: „Procedura marży” albo annotations.marginScheme",
            "the rate “margin” needs the margin scheme: “Margin scheme” or annotations.marginScheme",
        );
        return None;
    };
    if !view.has("grossPrice") {
        view.missing(&["grossPrice"]);
    }
    Some(Line::margin(item, scheme, quantity?, gross_price?))
}

/// A line of an order.
pub(super) fn order_line(view: &View<'_>, taxation: &Taxation) -> Option<OrderLine> {
    let item = item(view);
    let vat = taxation.vat(view);
    let quantity = view.decimal("quantity", 6);
    let price = view.decimal("netPrice", 8);
    let value = view.decimal("netAmount", 2);
    for key in [
        "grossPrice",
        "grossAmount",
        "discount",
        "unitDiscount",
        "date",
        "exchangeRate",
    ] {
        if let Some(view) = view.get(key) {
            view.meaning(
                "order-line",
                "pozycja zamówienia nie ma takiej wartości; podaj cenę netto",
                "a line of an order has no such value; give the net price",
            );
        }
    }
    if view.has("netPrice") && !view.has("quantity") {
        view.missing(&["quantity"]);
        return None;
    }
    let mut line = match (price, value) {
        (Some(price), value) => {
            let line = OrderLine::net(item?, vat?, quantity?, price);
            match value {
                Some(value) => line.with_value(value),
                None => line,
            }
        }
        (None, Some(value)) => OrderLine::net_value(item?, vat?, value),
        (None, None) => {
            if !view.has("netPrice") && !view.has("netAmount") {
                view.missing(&["netPrice", "netAmount"]);
            }
            return None;
        }
    };
    if let Some(code) = view.text("procedure") {
        match OrderProcedure::from_code(code) {
            Some(procedure) => line = line.with_procedure(procedure),
            None => view.get("procedure")?.meaning(
                "order-procedure",
                "pozycja zamówienia nie może mieć tej procedury",
                "a line of an order cannot have this procedure",
            ),
        }
    }
    if let Some(number) = number(view) {
        line = line.with_number(number);
    }
    Some(line)
}

/// Adds a text to what is sold.
type Describe = fn(Item, &str) -> Item;

/// What is sold.
pub(super) fn item(view: &View<'_>) -> Option<Item> {
    let mut item = Item::new(view.text("name")?);
    let texts: [(&str, Describe); 7] = [
        ("unit", |item, text| item.with_unit(text)),
        ("id", |item, text| item.with_unique_id(text)),
        ("sku", |item, text| item.with_index(text)),
        ("gtin", |item, text| item.with_gtin(text)),
        ("pkwiu", |item, text| item.with_pkwiu(text)),
        ("cn", |item, text| item.with_cn(text)),
        ("pkob", |item, text| item.with_pkob(text)),
    ];
    for (key, with) in texts {
        if let Some(text) = view.text(key) {
            item = with(item, text);
        }
    }
    if let Some(group) = view.text("gtu").and_then(Gtu::from_code) {
        item = item.with_gtu(group);
    }
    if let Some(amount) = view.decimal("exciseAmount", 2) {
        item = item.with_excise(amount);
    }
    if view.flag("annex15") {
        item = item.of_annex_15();
    }
    Some(item)
}

pub(super) fn number(view: &View<'_>) -> Option<u64> {
    view.text("number").and_then(|text| text.parse().ok())
}

/// Lines before and after a correction as changes. A row before and a row after with the same
/// number belong together, wherever they stand; without numbers a row before belongs to the row
/// right after it, when that is one after. A row before that stays alone was removed, a row after
/// was added.
pub(super) fn changes<L>(
    lines: &[View<'_>],
    read: impl Fn(&View<'_>) -> Option<L>,
) -> Vec<Change<L>> {
    let states: Vec<State> = lines.iter().map(State::of).collect();
    let mut free: HashMap<State, VecDeque<usize>> = HashMap::new();
    for (index, state) in states.iter().enumerate() {
        free.entry(*state).or_default().push_back(index);
    }
    let mut used = HashSet::new();
    let mut changes = Vec::new();
    for (index, (view, state)) in lines.iter().zip(&states).enumerate() {
        if !used.insert(index) {
            continue;
        }
        let partner = match (state.number, state.is_before) {
            (Some(_), _) => free.get_mut(&state.other()).and_then(VecDeque::pop_front),
            (None, true) => Some(index.saturating_add(1))
                .filter(|next| states.get(*next) == Some(&state.other())),
            (None, false) => None,
        };
        if state.number.is_some() {
            // Its own place in the queue: rows are met in the order they were put there.
            free.get_mut(state).and_then(VecDeque::pop_front);
        }
        used.extend(partner);
        let other = partner.and_then(|partner| lines.get(partner));
        let change = match (state.is_before, other) {
            (true, Some(after)) => pair(read(view), read(after)),
            (false, Some(before)) => pair(read(before), read(view)),
            (true, None) => read(view).map(Change::Removed),
            (false, None) => read(view).map(Change::Added),
        };
        changes.extend(change);
    }
    changes
}

/// What decides which rows belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    number: Option<u64>,
    is_before: bool,
}

impl State {
    fn of(view: &View<'_>) -> Self {
        Self {
            number: number(view),
            is_before: view.flag("before"),
        }
    }

    const fn other(self) -> Self {
        Self {
            number: self.number,
            is_before: !self.is_before,
        }
    }
}

fn pair<L>(before: Option<L>, after: Option<L>) -> Option<Change<L>> {
    Some(Change::replaced(before?, after?))
}
