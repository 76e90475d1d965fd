"""The shipped lists: what an angry customer writes in each language, and what one writes who only wants a lamp."""

import tomllib
from pathlib import Path

import pytest

from bot.config import triggers
from bot.config.triggers import TriggerWords, shipped, triggers_of
from core.triggers import findable

TRIGGERS = triggers_of(())
LANGUAGES = ["en", "zh", "es", "pt", "fr", "de", "ru", "ar", "ja"]
CHARGEBACK, LAWYER, SAFETY, REVIEW = "chargeback", "lawyer", "safety", "public_review"

ANGRY = [
    ("I will file a CHARGEBACK with my bank today", CHARGEBACK),
    ("We already opened a dispute, refund us now", CHARGEBACK),
    ("You'll hear from my lawyer!", LAWYER),
    ("If there is no refund by Friday, we will take legal action", LAWYER),
    ("The charger caught fire while my son was asleep", SAFETY),
    ("I got an electric shock from the kettle", SAFETY),
    ("There were sparks flying from the plug", SAFETY),
    ("Your lamp has burned down our shelf", SAFETY),
    ("We are going to sue for damages", LAWYER),
    ("Expect a one-star review on Trustpilot.", REVIEW),
    ("再不退款我就去信用卡公司拒付", CHARGEBACK),
    ("你们等着收律师函吧", LAWYER),
    ("我会打12315投诉你们", LAWYER),
    ("我要去消費者保護會,還要找律師", LAWYER),
    ("充电的时候突然冒烟了", SAFETY),
    ("灯漏电了，还电到我的手", SAFETY),
    ("那就法院见", LAWYER),
    ("充電器著火了", SAFETY),
    ("我要给差评，还要发小红书", REVIEW),
    ("Voy a pedir un contracargo a mi tarjeta", CHARGEBACK),
    ("Mi abogado se pondrá en contacto con ustedes", LAWYER),
    ("El cargador explotó y me queme la mano", SAFETY),
    ("Van a recibir una reseña negativa", REVIEW),
    ("Vou pedir chargeback no cartão", CHARGEBACK),
    ("Vou abrir uma reclamação no Procon", LAWYER),
    ("A bateria pegou fogo", SAFETY),
    ("Vou reclamar no Reclame Aqui", REVIEW),
    ("Je vais contester le paiement auprès de ma banque", CHARGEBACK),
    ("Sans réponse je contacte mon avocat.", LAWYER),
    ("L'appareil a pris feu cette nuit", SAFETY),
    ("Je laisserai un avis negatif", REVIEW),
    ("Ich werde die Rueckbuchung veranlassen", CHARGEBACK),
    ("Sonst schalte ich meinen Anwalt ein.", LAWYER),
    ("Das Netzteil hat Feuer gefangen", SAFETY),
    ("Dann gibt es eine schlechte Bewertung", REVIEW),
    ("Буду оспаривать платёж через банк", CHARGEBACK),
    ("Мы обратимся к юристам и подадим в суд", LAWYER),
    ("Меня ударило током от вашего чайника", SAFETY),
    ("Оставлю негативный отзыв везде", REVIEW),
    ("سأقدم اعتراض لدى البنك", CHARGEBACK),
    ("سأتواصل مع المحامي", LAWYER),
    ("انفجرت البطارية في البيت", SAFETY),
    ("سأكتب تقييم سلبي", REVIEW),
    ("チャージバックを申請します", CHARGEBACK),
    ("弁護士に相談します。", LAWYER),
    ("充電中に発火しました", SAFETY),
    ("悪い口コミを書きます", REVIEW),
]

CALM = [
    "I will return the lawyer-brand lamp, it is too small for my desk.",
    "Do you sell the battery charge back cover for model X?",
    "The phone won't charge. Back cover is fine.",
    "There is an issue with my pursuit of the right suede colour.",
    "Is the fire truck toy on stock? And the fireplace screen?",
    "Could you send an exploded view of the parts?",
    "We also sell electric shock collars and shock absorbers.",
    "I will leave a good review, five stars! I found you on Trustpilot and saw you on Instagram.",
    "Can I install the app on Fire TV? Demand has exploded, we buy for use in hospital wards.",
    "Our legal team is reading the contract. The colour of the towel is bleeding in the wash.",
    "Do you have a press kit? We press the seal by hand.",
    "I contacted my bank, the transfer is on its way.",
    "What is your refund policy?",
    "In how many hours has the candle burned down? Protection from electrical shock is class II, yes?",
    "曝光时间可以调吗？",
    "订单 #12315 什么时候发货？",
    "Where is my order 12315?",
    "漏电保护器和灭火器有货吗？烟雾报警器会报警吗？避雷器、烫伤膏呢？",
    "爆炸头假发和爆炸盐有货吗？",
    "请问这款灯的律动模式怎么开？",
    "A mi juicio el color humo es más bonito.",
    "¿Tienen fuegos artificiales y cargadores? ¿Y una estrella para el árbol?",
    "¿Qué hay de los medios de pago? Los vi en redes sociales. Busco una alarma de incendio.",
    "O alarme de incêndio em estilo art deco tem uma estrela?",
    "Queria a capa na cor fumê, por favor.",
    "Avez-vous l'huile d'avocat en 500 ml ?",
    "Le verre fumé est très joli, avec une étoile. Je vous ai vus sur les réseaux sociaux.",
    "Avez-vous un détecteur d'incendie ?",
    "Ist das Gericht für die Mikrowelle geeignet?",
    "Mein Mann raucht nicht. Wann kommt die Ladung?",
    "Ein Geschenk für einen Anwalt: ein Stern aus Holz. Die Preise sind ja explodiert. Wir sind ein Krankenhaus.",
    "Лампочка загорелась, спасибо! Загорелая кожа на фото.",
    "Когда придёт судно с нашим грузом?",
    "متى يصل الطلب؟ أريد لونا آخر",
    "هل عندكم طفاية حريق؟ نريد القضاء على الحشرات في مستشفى",
    "火災報知器と消火器の在庫はありますか。",
    "爆発的に売れている商品をください。星10個の柄です。",
    "光を拡散しますか。搬送ロボットを病院に納品したいです。SNSで見ました。",
]


@pytest.mark.parametrize(("text", "kind"), ANGRY)
def test_the_angry(text: str, kind: str) -> None:
    assert kind in TRIGGERS.in_text(text)


@pytest.mark.parametrize("text", CALM)
def test_the_calm(text: str) -> None:
    assert TRIGGERS.in_text(text) == frozenset()


def test_every_kind_is_there_in_every_language_and_every_word_can_be_found() -> None:
    lists = tomllib.loads(Path(triggers.__file__).with_suffix(".toml").read_text("utf-8"))
    assert {kind: list(by) for kind, by in lists.items()} == dict.fromkeys(
        [CHARGEBACK, LAWYER, SAFETY, REVIEW], LANGUAGES
    )
    for kind, words in shipped().items():
        assert [word for word in words if not findable(word)] == []
        assert [word for word in words if kind not in TRIGGERS.in_text(f"… {word.replace('*', '')} …")] == []


def test_the_house_adds_to_a_kind_or_replaces_it_or_has_its_own() -> None:
    more = triggers_of([TriggerWords(kind=LAWYER, words=("Herr Kaiser",), level=2)])
    assert more.in_text("my lawyer, Herr Kaiser") == more.in_text("Herr Kaiser") == {LAWYER}
    assert (more.level([LAWYER]), more.level([SAFETY])) == (2, 1)
    own = triggers_of(
        [
            TriggerWords(kind=LAWYER, words=("Herr Kaiser",), replace=True),
            TriggerWords(kind="recall", words=("recall",), tags=("rueckruf",)),
        ]
    )
    assert own.in_text("my lawyer") == frozenset()
    assert own.in_text("a product recall") == {"recall"}
    assert own.in_tags(["rueckruf", "safety"]) == {"recall", SAFETY}


def test_a_kind_of_which_nothing_is_to_be_heard_has_no_words_and_no_tags() -> None:
    quiet = triggers_of([TriggerWords(kind=REVIEW, replace=True, tags=("nothing",))])
    assert quiet.in_text("a bad review") == frozenset()
