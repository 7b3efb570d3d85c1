"""Names usual in the Arab countries, in the transcriptions that hospitals meet."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Fatima, Aisha, Mariam, Khadija, Zainab, Amina, Salma, Layla, Leila, Noor, Nour, Huda, Rania, Dina, Yasmin,
    Samira, Nadia, Hanan, Iman, Amal, Rasha, Reem, Rana, Lina, Maha, Mona, Nawal, Najwa, Sana, Sawsan, Suad, Souad,
    Wafa, Widad, Zahra, Ibtisam, Ikram, Jamila, Karima, Latifa, Malika, Naima, Rachida, Saida, Fatiha, Houda, Hafsa,
    Sumaya, Asma, Bushra, Dalal, Ghada, Hala, Inas, Lubna, Manal, Nahla, Rim, Shaima, Taghreed, Yusra, Zeina,
    Bouchra, Hajar, Oumaima, Chaimae, Fatima Zahra, Umm Kulthum, Maryam, Shahd, Jana, Lama, Tasnim
    """
)

GIVEN_MALE = listed(
    """
    Mohammed, Muhammad, Mohamed, Ahmed, Ahmad, Ali, Omar, Umar, Hassan, Hussein, Hussain, Ibrahim, Youssef, Yusuf,
    Mahmoud, Mustafa, Khalid, Khaled, Abdullah, Abdallah, Abdul Rahman, Abdelrahman, Abdelkader, Abdulaziz, Said,
    Saeed, Saleh, Salim, Samir, Sami, Karim, Kareem, Tariq, Tarek, Walid, Ziad, Bilal, Hamza, Anas, Ayman, Bassam,
    Fadi, Faisal, Fahd, Farid, Ghassan, Habib, Hani, Hicham, Hisham, Imad, Jamal, Majid, Marwan, Mounir, Nabil,
    Nasser, Nizar, Othman, Rachid, Rami, Rashid, Riad, Saad, Sultan, Taha, Wael, Yahya, Yassine, Zakaria, Adnan,
    Amr, Ashraf, Essam, Gamal, Mehdi, Driss, Noureddine
    """
)

FAMILY = listed(
    """
    Al-Rashid, Al-Sayed, Al-Masri, Al-Ahmad, Al-Hassan, Al-Harbi, Al-Otaibi, Al-Ghamdi, Al-Qahtani, Al-Zahrani,
    Al-Shammari, Al-Dosari, Al-Mutairi, Al-Maktoum, Al-Najjar, Al-Khatib, Al-Hashimi, Al-Tikriti, Al-Jabouri,
    El-Sayed, El-Amrani, El Idrissi, El Fassi, El Mansouri, El-Shazly, Benali, Bensaid, Ben Ahmed, Ben Salah,
    Benkirane, Bennani, Berrada, Tazi, Alaoui, Chraibi, Bouazza, Boudiaf, Bouteflika, Belhadj, Hamidi, Haddad,
    Khoury, Mansour, Nasser, Nasr, Najjar, Sabbagh, Saab, Saleh, Salem, Shaheen, Sharif, Tawfik, Zidan, Zaki,
    Abdelaziz, Abdelmalek, Abu Bakr, Abu Salim, Aboud, Ayoub, Aziz, Barakat, Bishara, Darwish, Fakhouri, Farah,
    Fawzi, Ghanem, Hakim, Hamdan, Hariri, Issa, Jaber, Kanaan, Kassem, Mahfouz, Matar, Mikati, Mubarak, Naguib,
    Odeh, Qasim, Ramadan, Rizk, Sadat, Shami, Suleiman, Touma, Trabelsi, Gharbi, Chaabane, Jaziri, Yacoub, bin
    Khalid, bin Salman
    """
)

NATIVE_SCRIPT = listed(
    """
    محمد أحمد, فاطمة الزهراء, علي حسن, خالد العتيبي, مريم المصري, عمر الخطيب, زينب الهاشمي, يوسف النجار, سعاد بن
    علي, عبد الله القحطاني, ليلى حداد, إبراهيم منصور
    """
)
"""Whole names in their own script and order."""

PARTICLES = listed("al-, el-, Al, El, bin, bint, ibn, Abu, Abd")

FAMILY_FIRST = False
