"""Names usual in Hungary and Romania, in the order that hospitals abroad write them."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Mária, Erzsébet, Katalin, Ilona, Éva, Anna, Zsuzsanna, Margit, Judit, Ágnes, Julianna, Andrea, Ildikó, Erika,
    Krisztina, Irén, Eszter, Mónika, Edit, Gabriella, Szilvia, Anikó, Magdolna, Piroska, Tünde, Réka, Boglárka,
    Dóra, Fanni, Zsófia, Csilla, Emese, Enikő, Viktória, Noémi, Hajnalka, Etelka, Maria, Elena, Ioana, Ana, Mihaela,
    Andreea, Cristina, Alexandra, Daniela, Gabriela, Alina, Florentina, Simona, Georgiana, Raluca, Ionela, Anca,
    Doina, Viorica, Rodica, Lăcrămioara, Ștefania, Ileana, Luminița, Roxana, Oana, Mirela, Camelia, Loredana,
    Ruxandra
    """
)

GIVEN_MALE = listed(
    """
    László, István, József, János, Zoltán, Sándor, Gábor, Ferenc, Attila, Péter, Tamás, Zsolt, Tibor, András, Csaba,
    Imre, Lajos, György, Balázs, Gyula, Mihály, Róbert, Dávid, Béla, Géza, Krisztián, Szabolcs, Norbert, Ákos,
    Levente, Bence, Máté, Gergő, Botond, Dezső, Ernő, Ádám, Ion, Gheorghe, Andrei, Vasile, Nicolae, Constantin,
    Ștefan, Mihai, Alexandru, Marian, Florin, Adrian, Cristian, Dumitru, Ionuț, Bogdan, Răzvan, Cătălin, Sorin,
    Liviu, Radu, Viorel, Traian, Ovidiu, Dragoș, Vlad, Tudor, Costel, Gabriel, Lucian, Emil, Horia
    """
)

FAMILY = listed(
    """
    Nagy, Kovács, Tóth, Szabó, Horváth, Varga, Kiss, Molnár, Németh, Farkas, Balogh, Papp, Takács, Juhász, Lakatos,
    Mészáros, Oláh, Simon, Rácz, Fekete, Szilágyi, Török, Fehér, Gál, Balázs, Kis, Szűcs, Kocsis, Orsós, Pintér,
    Fodor, Szalai, Sipos, Magyar, Lukács, Gulyás, Bíró, Bartók, Kádár, Hegedűs, Popa, Popescu, Pop, Radu, Ionescu,
    Dumitru, Stan, Stoica, Gheorghe, Matei, Rusu, Constantin, Munteanu, Marin, Lazăr, Ciobanu, Florea, Dumitrescu,
    Georgescu, Moldovan, Ungureanu, Diaconu, Stanciu, Petrescu, Nistor, Vasilescu, Ceaușu, Bălan, Dobre, Tănase,
    Șerban, Văcărescu, Niculescu, Enache, Lupu, Cojocaru
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
