//! Who takes part.

use super::{Explanation, explain};

pub(super) static RECIPIENT_UNIT_MISSING: Explanation = explain(
    [
        "JST bez wskazanej jednostki",
        "A local government without its unit",
    ],
    [
        "JST=1 oznacza, że faktura dotyczy jednostki podrzędnej samorządu. Jednostka widzi fakturę w KSeF tylko wtedy, gdy jest podana jako Podmiot3 z rolą 8 i identyfikatorem NIP lub IDWew.",
        "JST=1 says that the invoice concerns a unit of the local government. The unit sees it in KSeF only when it is given as Podmiot3 with role 8 and a NIP or IDWew.",
    ],
    [
        "Dodaj Podmiot3 z rolą 8 albo ustaw JST=2.",
        "Add a Podmiot3 with role 8, or set JST=2.",
    ],
    "broszura informacyjna dotycząca struktury FA(3)",
);

pub(super) static GROUP_MEMBER_MISSING: Explanation = explain(
    [
        "Grupa VAT bez wskazanego członka",
        "A VAT group without its member",
    ],
    [
        "GV=1 oznacza, że faktura dotyczy członka grupy VAT. Członek widzi fakturę w KSeF tylko wtedy, gdy jest podany jako Podmiot3 z rolą 10 i identyfikatorem NIP lub IDWew.",
        "GV=1 says that the invoice concerns a member of a VAT group. The member sees it in KSeF only when it is given as Podmiot3 with role 10 and a NIP or IDWew.",
    ],
    [
        "Dodaj Podmiot3 z rolą 10 albo ustaw GV=2.",
        "Add a Podmiot3 with role 10, or set GV=2.",
    ],
    "broszura informacyjna dotycząca struktury FA(3)",
);

pub(super) static SHARE_OF_OTHER_ROLE: Explanation = explain(
    [
        "Udział podmiotu, który nie jest nabywcą",
        "A share of a party that is no buyer",
    ],
    [
        "Udzial to udział dodatkowego nabywcy w zakupie. Podmioty w innych rolach niż 4 nie kupują, więc udziału nie mają.",
        "Udzial is the share an additional buyer has in the purchase. Parties in roles other than 4 buy nothing and have no share.",
    ],
    [
        "Usuń Udzial albo ustaw rolę 4.",
        "Remove Udzial, or set role 4.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static POLISH_NIP_ABROAD: Explanation = explain(
    [
        "Polski NIP w polu dla numerów zagranicznych",
        "A Polish NIP in a field for foreign numbers",
    ],
    [
        "NrVatUE lub NrID zawiera dziesięć cyfr z poprawną cyfrą kontrolną NIP. Podmiot z polskim NIP podany w ten sposób nie zobaczy faktury w KSeF. Dziesięciocyfrowe numery z Belgii, Bułgarii, Czech, Rumunii i Słowacji oraz numery spoza Unii nie są zgłaszane, chyba że adres podmiotu jest w Polsce.",
        "NrVatUE or NrID holds ten digits with the check digit of a NIP. A party with a Polish NIP given like this does not see the invoice in KSeF. Ten-digit numbers of Belgium, Bulgaria, Czechia, Romania and Slovakia and numbers from outside the Union are left alone, unless the party's address is in Poland.",
    ],
    [
        "Przenieś numer do pola NIP.",
        "Move the number to the NIP field.",
    ],
    "broszura informacyjna dotycząca struktury FA(3)",
);

pub(super) static UNION_PREFIX_POLAND: Explanation = explain(
    ["KodUE o wartości PL", "KodUE is PL"],
    [
        "KodUE i NrVatUE są dla podatników z innych państw Unii. Podmiot z Polski podany przez KodUE=PL nie zobaczy faktury w KSeF.",
        "KodUE and NrVatUE are for taxpayers of other Union countries. A party from Poland given by KodUE=PL does not see the invoice in KSeF.",
    ],
    [
        "Podaj NIP zamiast KodUE i NrVatUE.",
        "Give the NIP in place of KodUE and NrVatUE.",
    ],
    "broszura informacyjna dotycząca struktury FA(3)",
);

pub(super) static EMPLOYEE_IDENTIFIED: Explanation = explain(
    [
        "Pracownik z identyfikatorem podatkowym",
        "An employee with a tax identifier",
    ],
    [
        "Rola 11 to pracownik, na przykład w podróży służbowej. Pracownika podaje się z imienia i nazwiska, bez identyfikatora podatkowego.",
        "Role 11 is an employee, on a business trip for instance. An employee is given by name, without a tax identifier.",
    ],
    [
        "Zastąp identyfikator elementem BrakID=1 albo popraw rolę.",
        "Put BrakID=1 in place of the identifier, or correct the role.",
    ],
    "broszura informacyjna dotycząca struktury FA(3)",
);

pub(super) static SELF_BILLING_ISSUER: Explanation = explain(
    [
        "Samofakturowanie z odrębnym wystawcą",
        "Self-billing with another issuer",
    ],
    [
        "P_17=1 oznacza, że fakturę wystawił nabywca w imieniu sprzedawcy. Podmiot3 z rolą 5 (wystawca) mówi co innego.",
        "P_17=1 says that the buyer issued the invoice for the seller. A Podmiot3 with role 5 (issuer) says otherwise.",
    ],
    [
        "Usuń podmiot z rolą 5 albo ustaw P_17=2.",
        "Remove the party with role 5, or set P_17=2.",
    ],
    "broszura informacyjna dotycząca struktury FA(3)",
);

pub(super) static SELLER_IS_BUYER: Explanation = explain(
    ["Sprzedawca jest nabywcą", "The seller is the buyer"],
    [
        "Sprzedawca i nabywca mają ten sam NIP. Sprzedaż samemu sobie jest rzadka; częściej to pomyłka przy wyborze kontrahenta.",
        "Seller and buyer have the same NIP. Selling to oneself is rare; more often the wrong partner was chosen.",
    ],
    [
        "Sprawdź nabywcę; jeśli jest właściwy, zostaw bez zmian.",
        "Check the buyer; when it is right, leave it.",
    ],
    "art. 106e ustawy o VAT",
);

pub(super) static SUPPLY_PREFIX_MISSING: Explanation = explain(
    [
        "WDT bez prefiksu sprzedawcy",
        "An intra-Union supply without the seller's prefix",
    ],
    [
        "Przy wewnątrzwspólnotowej dostawie towarów sprzedawca podaje NIP poprzedzony kodem PL.",
        "On an intra-Union supply of goods the seller gives its NIP with the code PL before it.",
    ],
    [
        "Dodaj PrefiksPodatnika=PL w Podmiot1.",
        "Add PrefiksPodatnika=PL to Podmiot1.",
    ],
    "art. 97 ust. 10 ustawy o VAT",
);

pub(super) static SUPPLY_BUYER_NUMBER: Explanation = explain(
    [
        "WDT bez numeru VAT UE nabywcy",
        "An intra-Union supply without the buyer's Union VAT number",
    ],
    [
        "Stawka 0% WDT przysługuje tylko przy dostawie do podatnika z ważnym numerem VAT UE, a numer ten podaje się na fakturze.",
        "The 0% rate of an intra-Union supply needs a buyer with a valid Union VAT number, and the invoice gives it.",
    ],
    [
        "Podaj KodUE i NrVatUE nabywcy albo zmień stawkę, na przykład na 0 EX.",
        "Give the buyer's KodUE and NrVatUE, or change the rate, to 0 EX for instance.",
    ],
    "art. 42 ust. 1, art. 106e ust. 1 pkt 24 ustawy o VAT",
);

pub(super) static REVERSE_CHARGE_ABROAD: Explanation = explain(
    [
        "Krajowe odwrotne obciążenie dla nabywcy z zagranicy",
        "Domestic reverse charge for a buyer abroad",
    ],
    [
        "Stawka oo oznacza odwrotne obciążenie w kraju, a nabywca jest z innego państwa i nie ma NIP. Sprzedaż opodatkowaną za granicą oznacza się np I, a usługi z art. 100 ust. 1 pkt 4 np II.",
        "Rate oo is reverse charge inside Poland, but the buyer is from another country and has no NIP. Sales taxed abroad have the rate np I, services of art. 100(1)(4) np II.",
    ],
    [
        "Zmień stawkę i sumę: np I do P_13_8, np II do P_13_9.",
        "Change the rate and the sum: np I to P_13_8, np II to P_13_9.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);
