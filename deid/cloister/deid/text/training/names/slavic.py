"""Names usual in Poland, Czechia, Slovakia, Russia, Ukraine, Bulgaria, Serbia, Croatia and Slovenia."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Anna, Maria, Katarzyna, Małgorzata, Agnieszka, Barbara, Ewa, Krystyna, Elżbieta, Zofia, Teresa, Joanna,
    Magdalena, Monika, Jadwiga, Danuta, Halina, Grażyna, Bożena, Jana, Marie, Eva, Hana, Lenka, Kateřina, Lucie,
    Věra, Alena, Jitka, Zuzana, Ľudmila, Olga, Elena, Tatiana, Natalia, Irina, Svetlana, Galina, Ludmila, Nadezhda,
    Valentina, Lyudmila, Anastasia, Ekaterina, Yulia, Oksana, Olena, Iryna, Nataliya, Kateryna, Yevheniia, Halyna,
    Solomiya, Ivana, Milica, Jelena, Dragana, Snežana, Vesna, Ljiljana, Gordana, Marija, Mirjana, Nevena, Desislava,
    Tsvetelina, Gergana, Radka, Mateja, Nada, Zdenka, Bronisława, Wiesława, Żaneta, Larysa, Yaroslava
    """
)

GIVEN_MALE = listed(
    """
    Jan, Andrzej, Piotr, Krzysztof, Stanisław, Tomasz, Paweł, Józef, Marcin, Marek, Michał, Grzegorz, Jerzy,
    Tadeusz, Zbigniew, Łukasz, Wojciech, Zdzisław, Jiří, Petr, Josef, Pavel, Jaroslav, Martin, Miroslav, Tomáš,
    František, Zdeněk, Václav, Vladimír, Ivan, Sergei, Alexander, Dmitri, Andrei, Vladimir, Mikhail, Nikolai, Yuri,
    Viktor, Oleg, Boris, Igor, Konstantin, Vyacheslav, Anatoly, Gennady, Oleksandr, Serhiy, Volodymyr, Mykola,
    Andriy, Vasyl, Bohdan, Taras, Ostap, Dragan, Zoran, Milan, Goran, Nenad, Slobodan, Branislav, Dušan, Nikola,
    Stjepan, Tomislav, Zvonimir, Georgi, Dimitar, Hristo, Plamen, Stoyan, Bojan, Matej, Kazimierz, Bogusław,
    Radosław
    """
)

FAMILY = listed(
    """
    Nowak, Kowalski, Kowalska, Wiśniewski, Wiśniewska, Wójcik, Kowalczyk, Kamiński, Kamińska, Lewandowski,
    Lewandowska, Zieliński, Szymański, Woźniak, Dąbrowski, Kozłowski, Jankowska, Mazur, Kwiatkowski, Krawczyk,
    Grabowski, Pawłowska, Zając, Król, Wieczorek, Jabłoński, Szczepański, Brzęczyszczykiewicz, Novák, Nováková,
    Svoboda, Svobodová, Novotný, Dvořák, Dvořáková, Černý, Procházka, Kučera, Veselý, Horák, Němec, Pokorný, Hájek,
    Růžička, Ivanov, Ivanova, Smirnov, Smirnova, Kuznetsov, Popov, Popova, Vasiliev, Petrov, Petrova, Sokolov,
    Mikhailov, Fedorov, Morozov, Volkova, Alekseev, Lebedeva, Semyonov, Shevchenko, Kovalenko, Bondarenko,
    Tkachenko, Kravchenko, Oliynyk, Shevchuk, Koval, Polishchuk, Melnyk, Lysenko, Rudenko, Jovanović, Petrović,
    Nikolić, Marković, Đorđević, Stojanović, Ilić, Stanković, Pavlović, Horvat, Kovačević, Babić, Marić, Novak,
    Kovačič, Krajnc, Zupančič, Dimitrov, Georgieva, Todorov, Stoyanova, Nikolov, Hristova, Angelov, Tchaikovsky
    """
)

NATIVE_SCRIPT = listed(
    """
    Иван Петров, Анна Смирнова, Сергей Кузнецов, Ольга Иванова, Дмитрий Соколов, Наталья Попова, Елена Васильева,
    Андрей Морозов, Олександр Шевченко, Ірина Коваленко, Тарас Бондаренко, Марія Ткаченко, Георги Димитров, Мария
    Георгиева, Јелена Петровић, Никола Јовановић
    """
)
"""Whole names in their own script and order."""

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
