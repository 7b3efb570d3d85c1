"""Names usual among Māori, Samoans, Tongans, Fijians, Hawaiians and Aboriginal Australians."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Aroha, Mere, Hine, Ngaire, Kiri, Anahera, Marama, Moana, Whetu, Tui, Ngaio, Huia, Kahurangi, Manaia, Hinemoa,
    Wikitoria, Rangi, Pania, Mihi, Roimata, Sina, Leilani, Lani, Malia, Kalani, Kailani, Noelani, Nalani, Keala,
    Iolana, Pualani, Ululani, Mahina, Nani, Hina, Teuila, Lupe, Talia, Tiresa, Fetu, Salote, Mele, Ana, Sela,
    Lesieli, Ofa, Losaline, Siale, Litia, Adi, Ateca, Mereseini, Vasiti, Asenaca, Unaisi, Alofa, Faith, Losa,
    Masina, Penina, Sefina, Tala, Vaimoana, Kirra, Jedda, Marlee, Alinta, Yindi
    """
)

GIVEN_MALE = listed(
    """
    Tane, Wiremu, Hemi, Rangi, Tama, Nikau, Mikaere, Hohepa, Tamati, Matiu, Rawiri, Te Ariki, Kahu, Manaaki, Ihaia,
    Hone, Paora, Pita, Rewi, Tipene, Apirana, Maui, Sione, Tavita, Ioane, Semisi, Malakai, Siaosi, Viliami, Tevita,
    Sitiveni, Taufa, Latu, Mosese, Penaia, Ratu, Josaia, Waisale, Epeli, Semi, Manu, Tasi, Fa'afetai, Lima,
    Falaniko, Iosefa, Peni, Pesamino, Tuilagi, Va'ai, Kai, Keoni, Kimo, Kaleo, Makoa, Kekoa, Ikaika, Kawika, Keanu,
    Koa, Nainoa, Palani, Mana, Burnum, Jarrah, Yarran, Tjandamurra, Galarrwuy
    """
)

FAMILY = listed(
    """
    Te Rangi, Te Kanawa, Ngata, Parata, Henare, Tamihere, Tamatea, Tawhiri, Waititi, Rapana, Paraone, Pomare,
    Kawiti, Mahuika, Tautahi, Whaanga, Hohaia, Kereama, Ruatapu, Ngatai, Tuilagi, Tuiasosopo, Tuimavave, Tupua,
    Fonoti, Leota, Leavasa, Lealaiauloto, Malielegaoi, Mata'afa, Fa'alogo, Faleolo, Fuimaono, Seumalo, Sapolu,
    Taumua, Tau, Tuitupou, Taufa, Fifita, Finau, Fusitu'a, Havili, Kioa, Latu, Lolohea, Moala, Mafi, Vuna, Vaipulu,
    Veikune, Tonga, Tupou, Bainimarama, Nadolo, Nakarawa, Naulivou, Qarase, Rabuka, Radradra, Ravouvou, Tikoirotuma,
    Vakatawa, Waqavatu, Kahananui, Kalani, Kamakawiwo'ole, Kealoha, Keawe, Kekauoha, Mahoe, Nakamura-Kealoha,
    Kanahele, Kaapana, Yunupingu, Marika, Gulpilil, Noonuccal, Nampijinpa, Tjapaltjarri
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("Te, Fa'a")

FAMILY_FIRST = False
