"""Names usual in Iran, Afghanistan, Tajikistan and among Kurds and Armenians of the region."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Fatemeh, Zahra, Maryam, Masoumeh, Sakineh, Zeinab, Roghayeh, Khadijeh, Leila, Somayeh, Parvin, Shahnaz, Mahnaz,
    Nasrin, Shirin, Parisa, Niloufar, Azadeh, Setareh, Golnaz, Mina, Mahsa, Nazanin, Negar, Neda, Sara, Samaneh,
    Sepideh, Shohreh, Shahrzad, Simin, Soraya, Taraneh, Yasaman, Ziba, Atefeh, Behnaz, Elham, Farzaneh, Fereshteh,
    Ghazal, Hengameh, Jaleh, Katayoun, Laleh, Mitra, Mojgan, Nahid, Pouran, Roya, Farishta, Gulalai, Malalai,
    Palwasha, Spozhmai, Zarghuna, Rojin, Berivan, Ani, Anahit, Siranush, Hasmik, Nune, Lusine
    """
)

GIVEN_MALE = listed(
    """
    Mohammad, Ali, Hossein, Mehdi, Hassan, Reza, Amir, Abbas, Javad, Saeed, Majid, Hamid, Masoud, Mahmoud, Behrouz,
    Bahram, Babak, Dariush, Cyrus, Kourosh, Farhad, Farshad, Faramarz, Fereydoun, Homayoun, Hooshang, Houman, Iraj,
    Jamshid, Kamran, Kaveh, Keyvan, Khosrow, Manouchehr, Mehran, Mohsen, Morteza, Nader, Navid, Omid, Parviz,
    Peyman, Pouya, Ramin, Rostam, Shahram, Siamak, Siavash, Soheil, Touraj, Vahid, Zal, Najibullah, Hamidullah, Gul
    Agha, Zalmay, Wahidullah, Azad, Rebwar, Armen, Hovhannes, Tigran, Vartan, Garegin, Aram
    """
)

FAMILY = listed(
    """
    Ahmadi, Mohammadi, Hosseini, Karimi, Moradi, Jafari, Rahimi, Rezaei, Rezaee, Mousavi, Hashemi, Sadeghi,
    Ebrahimi, Heidari, Akbari, Kazemi, Ghasemi, Soleimani, Salehi, Yousefi, Shirazi, Tehrani, Esfahani, Tabrizi,
    Kermani, Khorasani, Mazandarani, Azizi, Bagheri, Daneshvar, Ebadi, Farahani, Forouzan, Ghorbani, Golzar, Hatami,
    Jalali, Kiarostami, Khatami, Mahdavi, Makhmalbaf, Nikpour, Naderi, Norouzi, Parsa, Pahlavi, Rajabi, Rafsanjani,
    Sharifi, Tavakoli, Zand, Zamani, Mirzaei, Hosseinzadeh, Mohammadzadeh, Alizadeh, Gholizadeh, Ahmadinejad,
    Hashemnejad, Hassanpour, Aminpour, Karzai, Ghani, Massoud, Rahmani, Noorzai, Popalzai, Stanikzai, Yusufzai,
    Barzani, Talabani, Petrosyan, Sargsyan, Hakobyan, Grigoryan, Harutyunyan, Khachatryan, Hovhannisyan
    """
)

NATIVE_SCRIPT = listed(
    """
    محمد رضا احمدی, فاطمه حسینی, علی کریمی, زهرا موسوی, حسین رضایی, مریم جعفری
    """
)
"""Whole names in their own script and order."""

PARTICLES = listed("zadeh, pour, nejad")

FAMILY_FIRST = False
