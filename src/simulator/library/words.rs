//! What invented titles are made of. Two unlikely words together name no real film, so screenshots may be shown to anyone.

/// First words of a title in the Latin alphabet.
pub(crate) const LATIN_FIRST: &[&str] = &[
    "Velvet",
    "Crooked",
    "Paper",
    "Salted",
    "Borrowed",
    "Tin",
    "Lopsided",
    "Amber",
    "Nettle",
    "Quilted",
    "Thirteenth",
    "Marbled",
    "Brass",
    "Sunken",
    "Gossamer",
    "Wicker",
    "Chalk",
    "Hollow",
    "Peppered",
    "Clockwork",
    "Mossy",
    "Copper",
    "Sleepless",
    "Untidy",
    "Feathered",
    "Polite",
    "Juniper",
    "Woollen",
    "Reluctant",
    "Plywood",
    "Second-Hand",
];
/// Second words of a title in the Latin alphabet.
pub(crate) const LATIN_SECOND: &[&str] = &[
    "Barometer",
    "Turnip",
    "Lanternfish",
    "Ferryman's Ledger",
    "Umbrella",
    "Archipelago",
    "Cartographer",
    "Teapot",
    "Semaphore",
    "Beekeeper's Atlas",
    "Orchard",
    "Viaduct",
    "Accordion",
    "Weathervane",
    "Marmot",
    "Colonnade",
    "Sextant",
    "Gazebo",
    "Pumpkin Parliament",
    "Tollbooth",
    "Metronome",
    "Caravan",
    "Piccolo",
    "Windmill Hour",
    "Aqueduct",
    "Cormorant",
    "Almanac",
    "Greenhouse",
    "Zeppelin Choir",
    "Wardrobe",
    "Lighthouse Soup",
    "Kettle & Crane",
];
/// Titles with letters beyond ASCII, each in one piece.
pub(crate) const ACCENTED: &[&str] = &[
    "Les Âmes du Château Oublié",
    "Café à l'Envers",
    "La Señora del Tejón",
    "Über dem Rübenfeld",
    "Fünf Käfige, kein Schlüssel",
    "Żółta łódka profesora",
    "Příliš tichý kůň",
    "Gölün Üstündeki Şapka",
    "O Sabiá e o Caminhão",
    "Älgens Återkomst",
    "Søvnløs i Ærtebjerg",
    "Îles de Crème Brûlée",
    "Il Perché del Città-Lago",
    "Ngôi nhà bên dòng sữa",
    "Třetí džbán",
    "Öðruvísi Þorp",
    "Țara Mânzului Năzdrăvan",
    "Ćwierć ślimaka",
];
/// Titles in Cyrillic and Greek.
pub(crate) const EASTERN: &[&str] = &[
    "Медный самовар",
    "Шёпот картофельного поля",
    "Последний зонтик Архангельска",
    "Їжак і паровоз",
    "Тихи трамвај",
    "Гусиная почта",
    "Ο Γάιδαρος του Φάρου",
    "Седем чадъра",
    "Кот учёного совета",
];
/// Titles in Chinese, Japanese and Korean.
pub(crate) const CJK: &[&str] = &[
    "紙の灯台守",
    "からくり茶会の夜",
    "銅のかぶ物語",
    "第十三の傘",
    "会计师与萤火虫",
    "倒立的茶馆",
    "木棉铁路",
    "蘿蔔議會",
    "종이 등대의 겨울",
    "졸린 두루미",
    "주전자 합창단",
    "ペンギン測量士",
];
/// Titles written from right to left.
pub(crate) const RIGHT_TO_LEFT: &[&str] =
    &["مظلّة ساعي البريد", "قطار اللفت الأخير", "منارة من ورق", "המטרייה השלוש־עשרה", "קומקום וחסידה", "چتر نقشه‌بردار"];
/// Titles with emoji, among them one of several code points.
pub(crate) const EMOJI: &[&str] = &["🦔 Hedgehog Radio", "Night Shift 🌙🚜", "👩‍🚀 Aunt Orbit", "Tea ☕ & Thunder ⛈️"];

/// Release groups that do not exist.
pub(crate) const GROUPS: &[&str] = &[
    "TURNiP", "MOSSBANK", "OXLiP", "PAPRiKA9", "GNOMON", "TEASEL", "WiCKETT", "BRAMBLES", "iNKPOT", "QUAGGA", "SORREL",
];
/// Picture qualities, with the least and most megabytes an hour and a half of it takes.
pub(crate) const QUALITIES: &[(&str, i64, i64)] = &[
    ("DVDRip.XviD", 690, 1_450),
    ("720p.WEB.h264", 1_900, 4_200),
    ("1080p.WEB-DL.DDP5.1.H.264", 3_800, 8_900),
    ("1080p.BluRay.x265.10bit", 2_100, 11_000),
    ("2160p.WEB-DL.DV.HDR.HEVC", 11_000, 29_000),
    ("2160p.UHD.BluRay.REMUX.TrueHD.7.1", 42_000, 89_000),
];
/// Musicians and writers who do not exist.
pub(crate) const NAMES: &[&str] = &[
    "The Umbel Quartet",
    "Ida Quist & the Sprockets",
    "Motel Marzipan",
    "Œil de Bœuf",
    "DJ Rutabaga",
    "Hedvig Ånäs",
    "Płyta Główna",
    "Tomasina Vell",
    "Absalom Crake",
    "Los Paraguas",
    "中野かぼちゃ団",
    "Оркестр Пуговица",
    "Orla Pennywhistle",
];
/// Programs that do not exist.
pub(crate) const PROGRAMS: &[&str] = &[
    "PixelOrchard Studio",
    "LedgerWren",
    "TurnipCAD",
    "OpenSemaphore Server",
    "Marmot Linux",
    "QuillBench",
    "Sonograph",
];
/// Tracks, chapters and volumes.
pub(crate) const PARTS: &[&str] = &[
    "Overture",
    "Rain on Tin",
    "Åse's Waltz",
    "The Long Queue",
    "Interlude",
    "Marmalade",
    "Third Floor",
    "Night Bus",
    "Crème",
    "Almanac",
    "Reprise",
    "Pigeon Post",
    "Ferry Song",
    "Öland",
    "Under the Stairs",
    "Lamplighter",
];
