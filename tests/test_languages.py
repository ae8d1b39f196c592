"""In which language a text is. All texts are invented."""

import pytest

from recommender.languages import language, script

TEXTS = {
    "en": "When should we mow so that ground-nesting birds raise their young?",
    "de": "Wann soll gemäht werden, damit Bodenbrüter ihre Jungen aufziehen?",
    "fr": "Quand faut-il faucher pour que les oiseaux qui nichent au sol élèvent leurs petits ?",
    "es": "Cuándo se debe segar para que las aves que anidan en el suelo críen a sus pollos",
    "pt": "Quando se deve ceifar para que as aves que nidificam no solo não percam os seus filhotes",
    "it": "Quando si deve falciare perché gli uccelli che nidificano nel prato allevino i loro piccoli",
    "nl": "Wanneer moet er gemaaid worden zodat de vogels van het weiland hun jongen niet verliezen",
    "sv": "När ska vi slå ängen så att fåglar som häckar på marken inte förlorar sina ungar",
    "da": "Hvornår skal engen slås, så fugle ikke mister deres unger efter at de er klækket ved gården",
    "no": "Når bør enga slås slik at fuglene ikke mister ungene sine etter at de blir klekket",
    "fi": "Milloin niitty on niitettävä, että linnut eivät menetä poikasiaan ja miten se vaikuttaa",
    "pl": "Kiedy należy kosić łąkę, aby ptaki, które gniazdują na ziemi, nie traciły młodych",
    "cs": "Kdy je třeba posekat louku, aby ptáci, kteří hnízdí na zemi, nepřišli o svá mláďata",
    "tr": "Yerde yuva yapan kuşların yavrularını kaybetmemesi için çayır ne zaman ve nasıl biçilmelidir",
    "hu": "Mikor kell kaszálni, hogy a földön fészkelő madarak és fiókáik ne vesszenek el a réten",
    "ro": "Când trebuie cosită pajiștea pentru ca păsările care cuibăresc pe sol să nu își piardă puii",
    "id": "Kapan padang rumput harus dipotong agar burung yang bersarang di tanah tidak kehilangan anaknya",
    "ru": "Когда нужно косить луг, чтобы птицы, которые гнездятся на земле, не теряли птенцов",
    "uk": "Коли треба косити луг, щоб птахи, які гніздяться на землі, не втрачали пташенят",
    "zh": "什么时候割草才能让在地上筑巢的鸟养大幼鸟",
    "ja": "地上に巣を作る鳥が雛を育てられるように、いつ草を刈るべきか",
    "ko": "땅에 둥지를 트는 새들이 새끼를 키우도록 언제 풀을 베어야 하는가",
    "ar": "متى يجب حصاد المروج حتى لا تفقد الطيور التي تعشش على الأرض صغارها",
    "fa": "چه زمانی باید علفزار را درو کرد تا پرندگانی که روی زمین لانه می‌سازند جوجه‌ها را از دست ندهند",
    "el": "Πότε πρέπει να κουρεύεται το λιβάδι ώστε τα πουλιά να μεγαλώνουν τα μικρά τους",
    "he": "מתי צריך לקצור את האחו כדי שהציפורים יגדלו את גוזליהן",
    "hi": "घास कब काटी जाए ताकि ज़मीन पर घोंसला बनाने वाले पक्षी अपने बच्चों को पाल सकें",
    "th": "ควรตัดหญ้าเมื่อใดเพื่อให้นกที่ทำรังบนพื้นเลี้ยงลูกได้",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence(code):
    assert language(TEXTS[code]) == code


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("en", "The paths of sheep in the hills"),
        ("en", "Attention to what the flock hears"),
        ("en", "On the humming of roofs: a survey with many barns"),
        ("de", "Vogelnester in hohen Wiesen und der Zeitpunkt der Mahd"),
        ("de", "Über das Brummen der Dächer"),
        ("fr", "Les chemins des moutons dans les collines"),
        ("es", "Los caminos de las ovejas en el monte"),
        ("pt", "Os caminhos das ovelhas e a neve nas serras"),
        ("it", "I sentieri delle pecore nella neve"),
        ("ru", "О гудении крыш на ветру"),
        ("zh", "雪后的羊道"),
        ("ja", "雪のあとの羊の道"),
        ("ko", "눈 온 뒤의 양 길"),
    ],
)
def test_a_title(code, title):
    assert language(title) == code


@pytest.mark.parametrize(
    "text", ["", "LoRA", "FlockNet", "GPT-4", "2019", "...", "Sheep paths", "α-β", "H2O CO2"]
)
def test_what_says_too_little_is_in_no_language(text):
    assert language(text) == ""


def test_a_quotation_does_not_change_the_language():
    assert language(f"{TEXTS['en']} We call it «Когда косить» after a song, and 羊道 is its sign.") == "en"
    assert language(f"{TEXTS['ru']} (FlockNet, CO2)") == "ru"
    assert language(f"我们提出 FlockNet 模型。{TEXTS['zh']}") == "zh"
    assert language("羊の道 FlockNet による雪の上の道の推定") == "ja"


def test_accents_may_be_written_apart():
    assert language("Über das Brummen der Dächer im Wind") == "de"


def test_a_text_of_two_languages_is_in_the_greater_part_s():
    assert language(f"{TEXTS['de']} {TEXTS['de']} Sheep paths.") == "de"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LATIN", "Sheep paths"),
        ("LATIN", "Żółć"),
        ("CYRILLIC", "Овцы"),
        ("CJK", "羊道"),
        ("HIRAGANA", "羊のみち"),
        ("HANGUL", "양"),
        ("ARABIC", "خروف"),
        ("GREEK", "πρόβατο"),
        ("", "12 + 3"),
    ],
)
def test_script(name, text):
    assert script(text) == name


def test_a_long_text_is_not_read_to_its_end():
    assert language(TEXTS["en"] * 50 + TEXTS["de"] * 10_000) == "en"
