"""Names usual in Indonesia, Malaysia and Brunei, many of them single or with a father's name."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Siti, Dewi, Sri, Ayu, Putri, Rina, Wati, Yuni, Indah, Ratna, Kartini, Lestari, Nurul, Aisyah, Nurhaliza, Fitri,
    Wulan, Ningsih, Endang, Tri, Dian, Eka, Dwi, Maya, Mega, Citra, Bunga, Melati, Kusuma, Puspita, Rahayu, Retno,
    Sari, Suharti, Sulastri, Sumarni, Susanti, Titik, Tuti, Utami, Yanti, Yulia, Zubaidah, Khadijah, Halimah,
    Rohana, Rosmah, Salmah, Zaleha, Noraini, Norliza, Faridah, Azizah, Hasnah, Maimunah, Kamariah, Wan Azizah, Nur
    Ain, Puteri, Intan, Ni Made, Ni Luh, Ketut
    """
)

GIVEN_MALE = listed(
    """
    Budi, Agus, Bambang, Joko, Eko, Slamet, Sutrisno, Suharto, Sukarno, Hendra, Andi, Adi, Arif, Aditya, Bagus,
    Bayu, Dedi, Dimas, Edi, Fajar, Gede, Gunawan, Hadi, Hari, Hendro, Heru, Iwan, Kadek, Made, Wayan, Nyoman,
    Mulyono, Nugroho, Prabowo, Rizky, Rudi, Surya, Susilo, Teguh, Tono, Wahyu, Widodo, Yudi, Yusuf, Zainal, Ahmad,
    Azlan, Azman, Faizal, Hafiz, Hisham, Ismail, Kamaruddin, Khairul, Mahathir, Mohd, Najib, Nik, Razak, Ridzuan,
    Roslan, Shahrul, Syed, Tengku, Zulkifli, Amirul, Putu
    """
)

FAMILY = listed(
    """
    Wijaya, Santoso, Setiawan, Kusuma, Hidayat, Saputra, Nugroho, Pratama, Wibowo, Gunawan, Susanto, Kurniawan,
    Suryadi, Hartono, Sutanto, Halim, Salim, Lestari, Rahayu, Handayani, Wahyuni, Puspitasari, Anggraini, Permata,
    Siregar, Nasution, Simanjuntak, Sihombing, Hutapea, Panjaitan, Sitompul, Manurung, Situmorang, Pangaribuan,
    Lubis, Harahap, Tampubolon, Tarigan, Ginting, Sembiring, Sinaga, Simatupang, Suharto, Soekarnoputri, Yudhoyono,
    Widodo, Subianto, Hatta, Sjahrir, Tjahjadi, Hasibuan, Daulay, Rangkuti, Batubara, Pohan, Tanjung, Chaniago,
    Koto, Abdullah, Ibrahim, Ismail, Hassan, Ahmad, Osman, Yusof, Rahman, Hamid, Aziz, bin Abdullah, bin Ismail,
    binti Hassan, binti Ahmad, Zainuddin, Baharuddin, Kamaruzzaman
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("bin, binti, Abdul, Haji")

FAMILY_FIRST = False
