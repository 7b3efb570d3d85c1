"""Names usual in Ethiopia, Eritrea, Somalia, Kenya, Uganda, Tanzania, Rwanda, Sudan and Congo."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Tigist, Hiwot, Almaz, Tsehay, Meseret, Selamawit, Bethlehem, Hanna, Mulu, Genet, Abeba, Aster, Birtukan, Eden,
    Frehiwot, Kidist, Lemlem, Mahlet, Rahel, Saba, Senait, Tsion, Yordanos, Zewditu, Selam, Semhar, Hodan, Ifrah,
    Ayaan, Sahra, Hawa, Fadumo, Khadra, Nimco, Deqa, Ubax, Wanjiru, Wambui, Njeri, Wangari, Nyambura, Wairimu,
    Muthoni, Akinyi, Achieng, Atieno, Awino, Adhiambo, Chebet, Chepkoech, Jepkosgei, Cherono, Nakato, Babirye,
    Nalubega, Namukasa, Nambi, Apio, Auma, Akello, Neema, Rehema, Zawadi, Subira, Mwanaisha, Uwimana, Mukamana,
    Ingabire, Umutoni, Nyakim, Achol, Nyandeng, Furaha, Mapendo
    """
)

GIVEN_MALE = listed(
    """
    Abebe, Kebede, Tesfaye, Haile, Girma, Tadesse, Mulugeta, Getachew, Bekele, Alemayehu, Assefa, Berhanu, Dawit,
    Desta, Ermias, Fikru, Habtamu, Yohannes, Kiros, Lemma, Mekonnen, Negash, Solomon, Tekle, Worku, Zerihun, Isaias,
    Abdi, Abdirahman, Farah, Guled, Hersi, Ismail, Jama, Liban, Mahad, Nuur, Warsame, Kamau, Mwangi, Njoroge,
    Kariuki, Maina, Kimani, Otieno, Odhiambo, Ochieng, Omondi, Owino, Kipchoge, Kiprotich, Kiptoo, Cheruiyot, Kibet,
    Mutua, Musyoka, Mukasa, Kato, Wasswa, Ssemakula, Okello, Opio, Ojok, Juma, Hamisi, Baraka, Rashidi, Habimana,
    Nkurunziza, Mugisha, Kagame, Deng, Garang, Majok, Machar, Mulumba, Kabila, Ilunga
    """
)

FAMILY = listed(
    """
    Tesfaye, Bekele, Haile, Gebremariam, Gebreselassie, Gebremedhin, Woldemariam, Woldegiorgis, Tekle, Desta,
    Mengistu, Tadesse, Alemu, Abebe, Kebede, Wolde, Asfaw, Habte, Hagos, Berhe, Kidane, Zeray, Abdullahi, Abdi,
    Mohamud, Warsame, Farah, Hersi, Osman, Jama, Ahmed, Nur, Aden, Kamau, Mwangi, Njoroge, Kariuki, Kenyatta,
    Kimathi, Gathogo, Wanjala, Wafula, Barasa, Odinga, Otieno, Ochieng, Onyango, Ouma, Odhiambo, Kipchoge, Kiplagat,
    Chepkwony, Rotich, Korir, Langat, Mutiso, Kilonzo, Musyoka, Museveni, Mukasa, Ssekandi, Nsubuga, Kiggundu,
    Lubega, Okello, Okot, Odongo, Akena, Nyerere, Mkapa, Kikwete, Magufuli, Mwinyi, Mbwambo, Shirima, Massawe,
    Habyarimana, Nsengiyumva, Niyonzima, Hakizimana, Ndayisenga, Bizimana, Deng, Ajak, Atem, Lual, Kuol, Tshibanda,
    Mukendi, Kasongo, Lumumba, Tshisekedi, Mobutu, Ngoyi
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
