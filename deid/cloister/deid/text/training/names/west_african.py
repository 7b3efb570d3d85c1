"""Names usual in Nigeria, Ghana, Senegal, Mali, Côte d'Ivoire, Cameroon and their neighbours."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Adaeze, Chioma, Ngozi, Nneka, Ifeoma, Amaka, Chiamaka, Chinyere, Obiageli, Uchenna, Ebele, Nkechi, Oluchi,
    Adanna, Ifunanya, Yetunde, Folake, Funmilayo, Oluwaseun, Bukola, Titilayo, Adunni, Abimbola, Temitope, Omolara,
    Morenike, Olabisi, Ronke, Simisola, Bisi, Halima, Hauwa, Hadiza, Zainab, Amina, Aissatou, Aminata, Fatou,
    Fatoumata, Mariama, Oumou, Coumba, Ndeye, Khady, Awa, Adja, Rokia, Kadiatou, Assetou, Salimata, Akosua, Adwoa,
    Abena, Akua, Yaa, Afia, Ama, Esi, Efua, Akwasi, Akweley, Naa, Dede, Abla, Afi, Akouvi, Adjoa, Ewurabena,
    Blessing, Patience, Comfort, Mercy, Gifty, Favour, Peace, Ngo, Ateba, Manka
    """
)

GIVEN_MALE = listed(
    """
    Chukwuemeka, Chinedu, Emeka, Obinna, Ikenna, Kelechi, Nnamdi, Ifeanyi, Uche, Okechukwu, Chukwudi, Ebuka,
    Tobenna, Olumide, Babatunde, Oluwaseyi, Adebayo, Adewale, Kayode, Segun, Tunde, Femi, Gbenga, Kunle, Olalekan,
    Ayodele, Rotimi, Wole, Damilola, Musa, Sani, Garba, Abubakar, Aliyu, Umaru, Yakubu, Mamadou, Moussa, Ousmane,
    Ibrahima, Abdoulaye, Cheikh, Modou, Amadou, Souleymane, Seydou, Boubacar, Oumar, Sekou, Lamine, Kwame, Kofi,
    Kwabena, Kwaku, Yaw, Kojo, Kwesi, Nana, Kwasi, Fiifi, Ekow, Nii, Komla, Koffi, Yao, Kouassi, Kouadio, Koné,
    Jean-Baptiste, Achille, Samuel, Goodluck, Sunday, Innocent, Tabi, Nkwenti
    """
)

FAMILY = listed(
    """
    Okonkwo, Okafor, Okeke, Nwosu, Eze, Obi, Onyeka, Nwachukwu, Chukwu, Okoro, Onwuka, Anyanwu, Igwe, Umeh, Achebe,
    Ezenwa, Nwankwo, Uzoma, Adeyemi, Adebayo, Adeleke, Afolabi, Ogunleye, Ogundipe, Oyelaran, Oladipo, Olawale,
    Balogun, Bakare, Fashola, Akinyemi, Akintola, Adichie, Soyinka, Osagie, Edosa, Igbinedion, Etim, Bassey,
    Effiong, Bello, Abubakar, Danjuma, Dangote, Suleiman, Yusuf, Diallo, Diop, Ndiaye, Fall, Sow, Ba, Sarr, Faye,
    Gueye, Mbaye, Sy, Cissé, Traoré, Coulibaly, Keïta, Konaté, Touré, Sangaré, Camara, Condé, Sylla, Bah, Barry,
    Kaboré, Ouédraogo, Sawadogo, Zongo, Mensah, Owusu, Boateng, Asante, Agyeman, Osei, Appiah, Amoah, Addo, Ofori,
    Ansah, Antwi, Acheampong, Nkrumah, Annan, Quaye, Lartey, Tetteh, Agbeko, Amegah, Kouamé, Kouassi, N'Guessan,
    Gbagbo, Yao, Mbarga, Eto'o, Nkemdirim, Mbappé, Tchoumi, Ngassa, Fotso
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
