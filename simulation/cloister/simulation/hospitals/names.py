"""Names of people in many cultures, as data.

Among them are what trips de-identifiers: two-letter families, particles, hyphens, apostrophes, diacritics, names
that are months (June, April), colours and adjectives (Brown, Young), and, for clinicians, medical eponyms.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Culture:
    """Given names by sex, and family names, of one culture."""

    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]


def _culture(female: str, male: str, family: str) -> Culture:
    return Culture(*(tuple(name.strip() for name in names.split(",")) for names in (female, male, family)))


CULTURES: dict[str, Culture] = {
    "anglo": _culture(
        "Dorothy, Margaret, June, April, Grace, Hazel, Ruth, Patricia, Linda, Susan, Karen, Heather, Emily, Mary Ann",
        "Harold, Walter, Eugene, Raymond, Douglas, Keith, Scott, Brandon, Tyler, Clifford, Stanley, Billy Joe, Curtis",
        "Brown, Young, Baker, Hughes, Whitaker, Pennington, Rose, Long, Marsh, Turner, Caldwell, Fairbanks, Stone, "
        "Holloway, Ellsworth, Barrett, Prescott, Lowe, Thornton, Beckett",
    ),
    "irish": _culture(
        "Siobhan, Maeve, Bridget, Aoife, Nora, Colleen, Deirdre, Kathleen",
        "Declan, Sean, Padraig, Cormac, Liam, Brendan, Eamon, Finbar",
        "O'Brien, O'Donnell, McCarthy, MacNamara, Gallagher, Fitzgerald, O'Shea, Doyle, Kinsella, McGrath",
    ),
    "african-american": _culture(
        "Latoya, Keisha, Ebony, Aaliyah, Shanice, Tamika, Imani, Monique",
        "Darnell, Jamal, Terrell, DeShawn, Malik, Tyrone, Marquis, Cedric",
        "Washington, Jefferson, Booker, Gaines, Dorsey, Coleman, Mosley, Rucker, Broadnax, Tubbs",
    ),
    "hispanic": _culture(
        "Maria Elena, Guadalupe, Rosario, Ximena, Lucia, Esperanza, Yolanda, Maria del Carmen, Beatriz, Inés",
        "José Luis, Alejandro, Ramón, Jesus, Ignacio, Hector, Rigoberto, Joaquín, Fernando, Raúl",
        "Garcia Lopez, Hernández, de la Cruz, Villanueva, Ortiz-Mendoza, Peña, Santiago, Quiñones, Delgado, "
        "Zamora, Fuentes Rivera, Echeverría",
    ),
    "polish": _culture(
        "Agnieszka, Małgorzata, Zofia, Halina, Bożena, Danuta, Jadwiga",
        "Wojciech, Zbigniew, Krzysztof, Tadeusz, Bogdan, Stanisław, Grzegorz",
        "Kowalski, Wiśniewski, Lewandowski, Szczepański, Nowak, Wojciechowski, Brzezinski, Zając",
    ),
    "german": _culture(
        "Ursula, Gisela, Heidemarie, Anneliese, Waltraud, Liesl",
        "Jürgen, Wolfgang, Karl-Heinz, Dieter, Günther, Ulrich",
        "Müller, Schröder, von Hohenberg, Jäger, Kessler, Baumgartner, Vogel, Zimmermann, Krüger",
    ),
    "dutch": _culture(
        "Marijke, Saskia, Anneke, Willemijn",
        "Pieter, Joost, Maarten, Cornelis",
        "van der Berg, de Vries, van Dijk, Janssen, ter Horst, Hoekstra",
    ),
    "italian": _culture(
        "Giuseppina, Francesca, Concetta, Raffaella, Antonella",
        "Giovanni, Salvatore, Vincenzo, Gianluca, Carmine",
        "D'Angelo, Di Stefano, Esposito, Ferrari, Lo Presti, Bianchi, Mancuso, Dell'Acqua",
    ),
    "chinese": _culture(
        "Xiaoling, Mei, Yan, Huifen, Jing, Siu Fong",
        "Wei, Jianguo, Zhiqiang, Ming, Bo, Kwok Wai",
        "Li, Wu, Zhang, Ng, Ouyang, Xu, Zhao, Leung, Hu, Tsang",
    ),
    "vietnamese": _culture(
        "Thi Huong, Ngoc Anh, Lan, Thuy, Kim Chi, Bich",
        "Van Minh, Quoc Bao, Duc, Huu Phuoc, Tuan, Khanh",
        "Nguyễn, Tran, Pham, Đặng, Vo, Bui, Hoang",
    ),
    "korean": _culture(
        "Soo-jin, Ji-young, Eun Hee, Min-seo, Hye Kyung",
        "Sung-min, Dong Hyun, Jae-ho, Kyung Soo, Tae-yang",
        "Kim, Park, Choi, Jeong, Yoon, Kang, Seo",
    ),
    "japanese": _culture(
        "Haruka, Yoshiko, Keiko, Akemi, Sachiko",
        "Hiroshi, Takeshi, Kenji, Noboru, Shinichi",
        "Tanaka, Ito, Yamamoto, Sato, Fujiwara, Ono, Kobayashi",
    ),
    "indian": _culture(
        "Lakshmi, Priyanka, Sunita, Anjali, Kamala Devi, Deepa",
        "Rajesh, Venkatesh, Arjun, Harpreet, Subramaniam, Sanjay",
        "Patel, Singh, Krishnamurthy, Chatterjee, Rao, Iyer, Gupta, Venkataraman, Das",
    ),
    "arabic": _culture(
        "Fatima, Noor, Amina, Layla, Zaynab, Umm Kulthum",
        "Mohammed, Abdul Rahman, Omar, Youssef, Khalid, Hassan",
        "al-Rashid, El-Sayed, Haddad, Abdallah, bin Saleh, Mansour, Khoury, Al Masri",
    ),
    "persian": _culture(
        "Shirin, Parvaneh, Nasrin, Golnaz",
        "Farhad, Bahram, Cyrus, Mehrdad",
        "Hosseini, Tehrani, Rostami, Ghorbanzadeh, Moradi",
    ),
    "nigerian": _culture(
        "Ngozi, Chiamaka, Folasade, Adaeze, Yetunde",
        "Chukwuemeka, Oluwaseun, Babatunde, Ifeanyi, Emeka",
        "Okafor, Adeyemi, Nwosu, Oyelaran, Eze, Balogun, Chukwu",
    ),
    "ethiopian": _culture(
        "Tigist, Hiwot, Selamawit, Meskerem",
        "Tesfaye, Bekele, Yohannes, Dawit",
        "Gebremariam, Haile, Woldeyes, Abebe, Tadesse",
    ),
    "greek": _culture(
        "Eleni, Despina, Kalliopi, Vasiliki",
        "Konstantinos, Stavros, Panagiotis, Nikos",
        "Papadopoulos, Georgiou, Karagiannis, Vlachos, Theodorakis",
    ),
    "russian": _culture(
        "Svetlana, Olga, Lyudmila, Tatiana, Nadezhda",
        "Vladimir, Dmitri, Sergei, Mikhail, Oleg",
        "Ivanov, Kuznetsov, Rachmaninov, Popov, Sokolov, Shcherbakov",
    ),
    "turkish": _culture(
        "Ayşe, Zeynep, Gülsüm, Elif",
        "Mehmet, Mustafa, Çağlar, Emre",
        "Yılmaz, Demir, Öztürk, Kaya, Aydın",
    ),
    "filipino": _culture(
        "Maricel, Luzviminda, Jocelyn, Corazon",
        "Rodrigo, Bayani, Efren, Danilo",
        "Dela Cruz, Macapagal, Bautista, Santos, Pangilinan",
    ),
    "scandinavian": _culture(
        "Ingrid, Astrid, Sigrun, Åsa",
        "Bjørn, Lars, Søren, Eskil",
        "Lindqvist, Sørensen, Håkansson, Nygård, Ødegaard",
    ),
}

CLINICIAN_EPONYMS = ("Foley", "Wells", "Parkinson", "Hodgkin", "Murphy", "Graves", "Babinski", "Crohn", "Homan")
"""Families of clinicians that are also words of medicine."""
