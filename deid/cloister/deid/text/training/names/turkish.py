"""Names usual in Turkey and Azerbaijan."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Fatma, Ayşe, Emine, Hatice, Zeynep, Elif, Meryem, Şerife, Zehra, Sultan, Hanife, Merve, Özlem, Esra, Büşra,
    Kübra, Gülsüm, Havva, Rabia, Yasemin, Hacer, Sevgi, Leyla, Songül, Hülya, Tuğba, Derya, Gamze, Ebru, Çiğdem,
    Nurcan, Nuray, Sevim, Ümmühan, Gülay, Filiz, Pınar, Burcu, Selin, Defne, Ecrin, Nehir, Asya, Miray, Azra, Melek,
    Aylin, Ceren, Didem, Eda, Feride, Gülizar, Halime, İlknur, Jale, Lale, Mine, Nalan, Oya, Perihan, Reyhan,
    Şükran, Tülay, Vildan, Yıldız, Aygün, Günel, Sevinj, Nərmin
    """
)

GIVEN_MALE = listed(
    """
    Mehmet, Mustafa, Ahmet, Ali, Hüseyin, Hasan, İbrahim, İsmail, Osman, Yusuf, Murat, Ömer, Ramazan, Halil,
    Süleyman, Abdullah, Mahmut, Recep, Salih, Fatih, Kadir, Emre, Hakan, Adem, Kemal, Yaşar, Bekir, Musa, Metin,
    Orhan, Bayram, Serkan, Furkan, Gökhan, Uğur, Yunus, Volkan, Burak, Onur, Barış, Cem, Deniz, Ercan, Erdal, Erol,
    Ferhat, Görkem, İlker, Kaan, Levent, Necati, Oğuzhan, Özgür, Selçuk, Sinan, Şükrü, Tuncay, Turgut, Umut, Veli,
    Yiğit, Zafer, Çağlar, Doğan, Elchin, Ilham, Rauf, Vugar, Tural
    """
)

FAMILY = listed(
    """
    Yılmaz, Kaya, Demir, Çelik, Şahin, Yıldız, Yıldırım, Öztürk, Aydın, Özdemir, Arslan, Doğan, Kılıç, Aslan, Çetin,
    Kara, Koç, Kurt, Özkan, Şimşek, Polat, Korkmaz, Çakır, Erdoğan, Yavuz, Can, Acar, Şen, Aktaş, Güler, Yalçın,
    Güneş, Bozkurt, Bulut, Keskin, Ünal, Turan, Gül, Özer, Işık, Kaplan, Avcı, Sarı, Tekin, Taş, Köse, Yüksel, Ateş,
    Aksoy, Uçar, Ay, Erdem, Karaca, Duman, Toprak, Coşkun, Türkmen, Bayrak, Karataş, Karakuş, Gündüz, Sezer, Akın,
    Tunç, Demirci, Demirtaş, Ekinci, Sönmez, Kahraman, Topçu, Altıntaş, Başaran, Küçük, Büyükkaya, Aliyev, Aliyeva,
    Mammadov, Huseynova, Guliyev, Hasanov
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
