"""Names usual among the First Nations of North America, many of them English words."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Winona, Aiyana, Kaya, Chenoa, Nizhoni, Shania, Sacagawea, Takoda, Wilma, Wauneka, Ayita, Tallulah, Cheyenne,
    Dakota, Sequoia, Talulah, Haloke, Halona, Imala, Istas, Kachina, Kimimela, Leotie, Lulu, Magena, Mahala, Maka,
    Mika, Minowa, Nahimana, Nata, Nita, Nokomis, Odina, Onawa, Oneida, Pavati, Poloma, Salali, Satinka, Shadi, Sihu,
    Sinopa, Sitala, Suni, Taima, Tala, Tayanita, Weeko, Wenona, Winema, Wynonna, Yazhi, Yoki, Zitkala, Zonta, Doli,
    Yanaba, Dezba, Nanabah, Ahtahkakoop, Aponi, Adsila, Elu
    """
)

GIVEN_MALE = listed(
    """
    Ahiga, Hiawatha, Tecumseh, Sequoyah, Cochise, Geronimo, Crowfoot, Dakota, Cheveyo, Chayton, Delsin, Dyami, Elan,
    Elsu, Enapay, Enyeto, Ezhno, Hakan, Hinto, Honovi, Hotah, Inteus, Istu, Jacy, Jolon, Kangee, Kele, Kohana,
    Kuruk, Langundo, Lonato, Mahkah, Mato, Mikasi, Misu, Motega, Nahele, Napayshni, Nashoba, Nawkaw, Neka, Nikan,
    Nodin, Ohanzee, Ohitekah, Otaktay, Paytah, Pallaton, Sakima, Shilah, Siwili, Takoda, Tatanka, Tokala, Tyee,
    Viho, Waban, Wahkan, Wakiza, Wambli, Yahto, Yas, Yiska, Hastiin, Hosteen, Joseph, Leonard
    """
)

FAMILY = listed(
    """
    Begay, Yazzie, Attakai, Bedonie, Blackgoat, Claw, Denetclaw, Goldtooth, Joe, Kee, Largo, Lapahie, Etcitty,
    Haskie, Hoskie, Benally, Tsosie, Tso, Nez, Chee, Bitsui, Bitsuie, Manygoats, Manuelito, Peshlakai, Todacheene,
    Tohee, Whitehorse, Whitefeather, White Eagle, White Bull, Red Cloud, Red Elk, Red Bear, Redbird, Little Wolf,
    Little Bear, Littlejohn, Black Elk, Black Bear, Blackhorse, Spotted Tail, Spotted Elk, Iron Cloud, Iron Shell,
    Yellow Horse, Yellowhair, Yellow Bird, Old Coyote, Crow Dog, Crazy Bear, Plenty Coups, Looking Horse, Swift
    Hawk, Goodbear, Mankiller, Sixkiller, Tallchief, Tallfeather, Harjo, Tiger, Deere, Billie, Osceola, Cypress,
    Zah, Becenti, Etsitty, Tsinajinnie, Kitto, Peltier, Erasmus, Obomsawin, Papequash, Wesakechak
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
