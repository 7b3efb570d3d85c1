"""Names usual in Thailand."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Somying, Malee, Siriporn, Kanya, Supaporn, Sunee, Wanida, Pranee, Ratana, Suda, Nittaya, Somjai, Saowalak,
    Wilai, Ampai, Anong, Arunee, Boonsri, Busaba, Chalermsri, Chanida, Chutima, Darunee, Duangjai, Jintana,
    Kamonwan, Kannika, Kwanjai, Lamai, Ladda, Mayuree, Nanthana, Napaporn, Narumon, Natthaya, Nongnuch, Orathai,
    Panida, Patcharee, Pensri, Pimchanok, Pornthip, Ratchanee, Rungnapa, Sasithorn, Sirikit, Somsri, Sudarat,
    Sukanya, Sumalee, Thanyarat, Urassaya, Vipada, Wannee, Yaowalak, Yupa, Kulap, Chompoo, Ploy, Nok, Intira
    """
)

GIVEN_MALE = listed(
    """
    Somchai, Somsak, Prasert, Surasak, Wichai, Prayuth, Sompong, Suchart, Thaksin, Anan, Apichat, Arthit, Boonmee,
    Chaiwat, Chakrit, Chatchai, Chuan, Decha, Ekachai, Itthipol, Jakkrit, Kamol, Kittisak, Krit, Manop, Mongkol,
    Narong, Nattapong, Nopadon, Pairoj, Panya, Phichai, Pichit, Piyapong, Pongsak, Pornchai, Prachya, Pramote,
    Preecha, Rattanakorn, Sakda, Sanan, Sarawut, Sathit, Sawat, Sittichai, Sombat, Somkid, Sorasak, Sukrit,
    Supachai, Suthep, Tanakorn, Tawan, Thanawat, Theerapat, Udom, Vichit, Weerachai, Winai, Wirat, Worawut, Yongyuth
    """
)

FAMILY = listed(
    """
    Saetang, Srisai, Saelim, Chaiyasit, Suwannarat, Thongchai, Wongsawat, Shinawatra, Chan-o-cha, Leekpai,
    Vejjajiva, Panyarachun, Kittikachorn, Charoenpura, Sukhumvit, Boonmee, Jaidee, Kaewmanee, Srisuk, Phromma,
    Rattanakul, Rattanaporn, Siriwat, Somboon, Sombatsiri, Suksawat, Thepsuwan, Tantivejkul, Techapaibul, Thammasat,
    Thanarat, Tongdee, Wattanakul, Wongsakul, Yodmani, Ariyawong, Bunnag, Chaiprasit, Chalermchai, Chantaravong,
    Charoenrat, Chirathivat, Duangkaew, Intarakumnerd, Jirapat, Kanchanaburi, Khemthong, Krittayakorn, Kongkaew,
    Lertpanyavit, Manosroi, Meesuk, Nakpradit, Namwong, Ngamprasert, Nimmanhaemin, Ongkittikul, Pattanapong,
    Phanomyong, Pipatpong, Prasertsri, Puangpaka, Sae-Lee, Saengthong, Saengdao, Sangwan, Sirichai, na Ayudhya, na
    Nakhon
    """
)

NATIVE_SCRIPT = listed(
    """
    สมชาย ใจดี, มาลี แสงทอง, สมศักดิ์ บุญมี, ศิริพร สุวรรณรัตน์
    """
)
"""Whole names in their own script and order."""

PARTICLES = listed("na")

FAMILY_FIRST = False
