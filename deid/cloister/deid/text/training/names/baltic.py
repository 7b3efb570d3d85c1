"""Names usual in Lithuania, Latvia and Estonia."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Ona, Janina, Irena, Danutė, Regina, Rasa, Rūta, Jūratė, Daiva, Vida, Kristina, Lina, Asta, Eglė, Ieva, Austėja,
    Gabija, Ugnė, Emilija, Živilė, Aušra, Birutė, Genovaitė, Stasė, Aldona, Anna, Līga, Inese, Ilze, Kristīne, Inga,
    Dace, Sanita, Aija, Baiba, Zane, Laima, Māra, Agnese, Elīna, Madara, Vija, Skaidrīte, Ausma, Mall, Tiina, Sirje,
    Anne, Malle, Ülle, Katrin, Piret, Kadri, Kristi, Liis, Maarja, Helve, Õie, Kersti, Marju, Triin, Reet, Evi,
    Leelo, Aino
    """
)

GIVEN_MALE = listed(
    """
    Jonas, Vytautas, Antanas, Tomas, Juozas, Kazys, Mindaugas, Darius, Gintaras, Algirdas, Saulius, Rimantas,
    Kęstutis, Arūnas, Žilvinas, Marius, Andrius, Paulius, Lukas, Matas, Dovydas, Rokas, Gediminas, Šarūnas,
    Edvardas, Jānis, Andris, Juris, Edgars, Māris, Aivars, Mārtiņš, Pēteris, Artūrs, Kristaps, Guntis, Valdis,
    Ivars, Uldis, Raimonds, Ēriks, Kārlis, Roberts, Toms, Gatis, Rein, Jaan, Toomas, Urmas, Tiit, Peeter, Margus,
    Rasmus, Martin, Siim, Priit, Tõnu, Jüri, Mati, Ants, Heino, Indrek, Kalev, Villu, Meelis, Taavi
    """
)

FAMILY = listed(
    """
    Kazlauskas, Kazlauskienė, Jankauskas, Jankauskaitė, Petrauskas, Petrauskienė, Stankevičius, Stankevičiūtė,
    Vasiliauskas, Butkus, Žukauskas, Paulauskas, Urbonas, Kavaliauskas, Ramanauskas, Savickas, Šimkus, Černiauskas,
    Žemaitis, Mockus, Balčiūnas, Baranauskaitė, Grigaitis, Bērziņš, Bērziņa, Kalniņš, Kalniņa, Ozoliņš, Ozoliņa,
    Jansons, Ozols, Liepiņš, Liepiņa, Krūmiņš, Balodis, Balode, Eglītis, Petersons, Pētersone, Zariņš, Vītols,
    Kļaviņa, Kārkliņš, Vanags, Dzenis, Siliņš, Rozītis, Tamm, Saar, Sepp, Mägi, Kask, Kukk, Rebane, Ilves, Pärn,
    Koppel, Oja, Lepik, Lepp, Raudsepp, Kuusk, Põld, Vaher, Teder, Laas, Õunapuu, Toomsalu
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
