//! Names of the demo's customers: invented, built from a stem, a trade and a legal form of one country each, in the
//! scripts people meet in a ledger. Nobody of this name is meant.

/// How companies of one country are called and reached.
pub(super) struct Culture {
    /// Country, two letters.
    pub country: &'static str,
    /// Language of letters.
    pub language: &'static str,
    /// Currency of its invoices.
    pub currency: &'static str,
    /// Start of a telephone number nobody has.
    pub dial: &'static str,
    /// `{s}` stem, `{t}` trade.
    pub shape: &'static str,
    /// Stems, each with the Latin letters of its mail domain.
    pub stems: &'static [(&'static str, &'static str)],
    /// Trades.
    pub trades: &'static [&'static str],
    /// Places that tell further companies of one stem and trade apart.
    pub towns: &'static [&'static str],
    /// People who answer.
    pub contacts: &'static [&'static str],
}

impl Culture {
    /// The name with running number `count` and its mail domain. Names repeat only after every stem, trade and town.
    pub fn name(&self, count: usize) -> (String, String) {
        let (stems, trades) = (self.stems.len(), self.trades.len());
        let (stem, latin) = self.stems[count % stems];
        let trade = self.trades[(count % stems + count / stems) % trades];
        let name = self.shape.replace("{s}", stem).replace("{t}", trade);
        match count / (stems * trades) {
            0 => (name, latin.to_owned()),
            round => {
                let town = self.towns[(round - 1) % self.towns.len()];
                let again = (round - 1) / self.towns.len();
                let tail = if again == 0 { String::new() } else { format!(" {}", again + 1) };
                (format!("{name} {town}{tail}"), format!("{latin}{round}"))
            }
        }
    }
}

const GERMANY: Culture = Culture {
    country: "DE",
    language: "de",
    currency: "EUR",
    dial: "+49 40 555 0",
    shape: "{s} {t} GmbH",
    stems: &[
        ("Falkenrath", "falkenrath"),
        ("Grünmoos", "gruenmoos"),
        ("Tannwälder", "tannwaelder"),
        ("Hallstöver", "hallstoever"),
        ("Brückmeyer & Söhne", "brueckmeyer"),
        ("Ostfeld", "ostfeld"),
        ("Weißenloh", "weissenloh"),
        ("Küstermark", "kuestermark"),
    ],
    trades: &["Logistik", "Maschinenbau", "Baustoffe", "Großhandel", "Elektrotechnik", "Verpackungen", "Möbelwerke"],
    towns: &["Nord", "Süd", "Elbe", "Rhein", "Ost", "Harz"],
    contacts: &["Ingrid Brandt", "Jörg Müller", "Katrin Weiß", "Uwe Schröder"],
};

const FRANCE: Culture = Culture {
    country: "FR",
    language: "fr",
    currency: "EUR",
    dial: "+33 1 55 50 ",
    shape: "{t} {s} SARL",
    stems: &[
        ("Chênevert", "chenevert"),
        ("Bréval-Dumoy", "breval-dumoy"),
        ("du Pré-Hélier", "prehelier"),
        ("Garançois", "garancois"),
        ("de la Cîme", "delacime"),
        ("Noëlline", "noelline"),
    ],
    trades: &["Ateliers", "Boulangeries", "Transports", "Hôtels", "Menuiserie", "Épicerie"],
    towns: &["Ouest", "Midi", "Nord", "Alpes", "Loire"],
    contacts: &["Hélène Garnier", "François Lebœuf", "Zoé Marchand"],
};

const BRITAIN: Culture = Culture {
    country: "GB",
    language: "en",
    currency: "EUR",
    dial: "+44 20 5550 ",
    shape: "{s} {t} Ltd",
    stems: &[
        ("Harrowmere", "harrowmere"),
        ("Pennyfold", "pennyfold"),
        ("Thistlebank", "thistlebank"),
        ("Oakhollow", "oakhollow"),
        ("Marlowick", "marlowick"),
        ("Greyfen", "greyfen"),
    ],
    trades: &["Hotels", "Aero", "Marine", "Textiles", "Foods", "Interiors", "Print"],
    towns: &["North", "South", "Midlands", "Wessex", "Borders"],
    contacts: &["T. Boyle", "Priya Nair", "Siân Hughes", "Peter Lane"],
};

const AMERICA: Culture = Culture {
    country: "US",
    language: "en",
    currency: "USD",
    dial: "+1 212 555 0",
    shape: "{s} {t} Inc",
    stems: &[
        ("Juniper Ridge", "juniperridge"),
        ("Copperline", "copperline"),
        ("Bluestem", "bluestem"),
        ("Larkspur Bay", "larkspurbay"),
        ("Tamarack", "tamarack"),
        ("Sagehollow", "sagehollow"),
    ],
    trades: &["Media", "Industrial", "Outfitters", "Medical Supply", "Robotics", "Hardware", "Grocers"],
    towns: &["West", "East", "Central", "Gulf", "Lakes"],
    contacts: &["Dana Whitfield", "Luis Ortega", "Megan O'Hara"],
};

const SPAIN: Culture = Culture {
    country: "ES",
    language: "es",
    currency: "EUR",
    dial: "+34 91 555 0",
    shape: "{t} {s} SL",
    stems: &[
        ("Peñalosa del Río", "penalosa"),
        ("Montañés y Cía", "montanes"),
        ("Azahara", "azahara"),
        ("Cañaveral", "canaveral"),
        ("Íñigo Sáenz", "inigosaenz"),
    ],
    trades: &["Textil", "Aceites", "Muebles", "Cerámicas", "Conservas"],
    towns: &["Sur", "Norte", "Levante", "Centro"],
    contacts: &["Begoña Ruiz", "José Núñez"],
};

const POLAND: Culture = Culture {
    country: "PL",
    language: "pl",
    currency: "EUR",
    dial: "+48 22 555 0",
    shape: "{t} {s} Sp. z o.o.",
    stems: &[
        ("Żurawieniec", "zurawieniec"),
        ("Świerkowo", "swierkowo"),
        ("Łąkotka", "lakotka"),
        ("Dębiczański", "debiczanski"),
        ("Wróblowice", "wroblowice"),
    ],
    trades: &["Hurtownia", "Zakłady", "Przędzalnia", "Huta Szkła", "Spedycja"],
    towns: &["Północ", "Śląsk", "Wschód", "Mazury"],
    contacts: &["Małgorzata Wójcik", "Paweł Gołąb"],
};

const NORDICS: Culture = Culture {
    country: "FI",
    language: "fi",
    currency: "EUR",
    dial: "+358 9 555 0",
    shape: "{s} {t} Oy",
    stems: &[
        ("Mäntyjoki", "mantyjoki"),
        ("Hyvälahti", "hyvalahti"),
        ("Järvenääri", "jarvenaari"),
        ("Pöllönkallio", "pollonkallio"),
    ],
    trades: &["Foods", "Puu", "Satama", "Energia", "Optiikka"],
    towns: &["Pohjoinen", "Etelä", "Itä"],
    contacts: &["Päivi Häkkinen", "Jussi Mäkelä"],
};

const TURKEY: Culture = Culture {
    country: "TR",
    language: "tr",
    currency: "EUR",
    dial: "+90 212 555 0",
    shape: "{s} {t} A.Ş.",
    stems: &[("Gülçiçek", "gulcicek"), ("Işıkdağ", "isikdag"), ("Yeşilöz", "yesiloz"), ("Çınarbağ", "cinarbag")],
    trades: &["Tekstil", "Gıda", "Lojistik", "İnşaat", "Ambalaj"],
    towns: &["Ege", "Marmara", "Karadeniz"],
    contacts: &["Ayşe Öztürk", "İbrahim Şahin"],
};

const GREECE: Culture = Culture {
    country: "GR",
    language: "el",
    currency: "EUR",
    dial: "+30 21 0555 0",
    shape: "{s} {t} Α.Ε.",
    stems: &[
        ("Αμυγδαλεώνας", "amygdaleonas"),
        ("Θαλασσινή Αύρα", "thalassini-avra"),
        ("Κυπαρισσάκης", "kyparissakis"),
        ("Ελαιοδρόμιο", "elaiodromio"),
    ],
    trades: &["Τρόφιμα", "Ναυτιλιακή", "Ξενοδοχεία", "Εμπορική", "Οικοδομικά"],
    towns: &["Βορράς", "Νότος", "Αιγαίο"],
    contacts: &["Ελένη Παπαδάκη", "Νίκος Σταύρου"],
};

const BULGARIA: Culture = Culture {
    country: "BG",
    language: "bg",
    currency: "EUR",
    dial: "+359 2 555 0",
    shape: "{s} {t} ООД",
    stems: &[
        ("Яворница", "yavornitsa"),
        ("Синчец", "sinchets"),
        ("Каменни Брод", "kamennibrod"),
        ("Бял Щъркел", "byalshtarkel"),
    ],
    trades: &["Строй", "Транспорт", "Мебели", "Агро", "Търговия"],
    towns: &["Изток", "Запад", "Дунав"],
    contacts: &["Мария Желева", "Георги Йорданов"],
};

const JAPAN: Culture = Culture {
    country: "JP",
    language: "ja",
    currency: "USD",
    dial: "+81 3 5550 0",
    shape: "株式会社{s}{t}",
    stems: &[("霧ヶ原", "kirigahara"), ("青杉", "aosugi"), ("みなとぐも", "minatogumo"), ("白鷺野", "shirasagino")],
    trades: &["精機", "商事", "食品", "物産", "電子"],
    towns: &["東", "西", "北"],
    contacts: &["佐久間 花子", "北原 健"],
};

const CHINA: Culture = Culture {
    country: "TW",
    language: "zh",
    currency: "USD",
    dial: "+886 2 5550 0",
    shape: "{s}{t}有限公司",
    stems: &[("雲杉嶺", "yunshanling"), ("錦帆灣", "jinfanwan"), ("澄石", "chengshi"), ("鶴汀", "heting")],
    trades: &["紡織", "機械", "貿易", "航運", "電子"],
    towns: &["北區", "南區", "中區"],
    contacts: &["林 美惠", "陳 志遠"],
};

const KOREA: Culture = Culture {
    country: "KR",
    language: "ko",
    currency: "USD",
    dial: "+82 2 5550 0",
    shape: "주식회사 {s}{t}",
    stems: &[("솔바람", "solbaram"), ("은하골", "eunhagol"), ("다온들", "daondeul")],
    trades: &["물산", "전자", "식품", "기계"],
    towns: &["동부", "서부"],
    contacts: &["박 서연", "최 민준"],
};

const EMIRATES: Culture = Culture {
    country: "AE",
    language: "ar",
    currency: "USD",
    dial: "+971 4 555 0",
    shape: "شركة {s} {t}",
    stems: &[("نخيل الساحل", "nakheel-alsahel"), ("واحة الصفصاف", "safsaf-oasis"), ("درب القمر", "darb-alqamar")],
    trades: &["للتجارة", "للمقاولات", "للشحن", "للأغذية"],
    towns: &["الشرقية", "الغربية"],
    contacts: &["ليلى حداد", "عمر الخطيب"],
};

const ISRAEL: Culture = Culture {
    country: "IL",
    language: "he",
    currency: "USD",
    dial: "+972 3 555 0",
    shape: "{s} {t} בע״מ",
    stems: &[("גבעת השקד", "givat-hashaked"), ("נחל ערבה", "nahal-arava"), ("כוכב הדרור", "kochav-hadror")],
    trades: &["תעשיות", "הנדסה", "מזון", "הובלות"],
    towns: &["צפון", "דרום"],
    contacts: &["נועה פרידמן", "אורי בן־דוד"],
};

const THAILAND: Culture = Culture {
    country: "TH",
    language: "th",
    currency: "USD",
    dial: "+66 2 555 0",
    shape: "บริษัท {s}{t} จำกัด",
    stems: &[("ลำธารทอง", "lamthanthong"), ("ดอกปีบ", "dokpip"), ("เรือนไผ่", "rueanphai")],
    trades: &["การค้า", "อาหาร", "ขนส่ง", "วัสดุ"],
    towns: &["เหนือ", "ใต้"],
    contacts: &["สุดา แก้วใส", "ณัฐ พงษ์ดี"],
};

const INDIA: Culture = Culture {
    country: "IN",
    language: "hi",
    currency: "USD",
    dial: "+91 22 5550 0",
    shape: "{s} {t} प्रा. लि.",
    stems: &[("नीलगंगा", "neelganga"), ("स्वर्णपथ", "swarnapath"), ("हरिताल", "haritaal")],
    trades: &["वस्त्र", "उद्योग", "इस्पात", "मसाले"],
    towns: &["उत्तर", "दक्षिण"],
    contacts: &["अनीता शर्मा", "रवि मेहता"],
};

/// The countries in the order customers are drawn from; frequent ones stand more than once.
pub(super) const CULTURES: [&Culture; 30] = [
    &GERMANY, &BRITAIN, &GREECE, &AMERICA, &FRANCE, &JAPAN, &POLAND, &GERMANY, &EMIRATES, &SPAIN, &BULGARIA, &NORDICS,
    &AMERICA, &ISRAEL, &GERMANY, &TURKEY, &FRANCE, &THAILAND, &BRITAIN, &CHINA, &SPAIN, &GERMANY, &INDIA, &POLAND,
    &AMERICA, &GREECE, &KOREA, &NORDICS, &GERMANY, &BRITAIN,
];
