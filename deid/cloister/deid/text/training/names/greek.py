"""Names usual in Greece and Cyprus, romanised as hospitals abroad write them."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Maria, Eleni, Aikaterini, Vasiliki, Sofia, Angeliki, Georgia, Dimitra, Konstantina, Paraskevi, Anna, Ioanna,
    Evangelia, Kyriaki, Panagiota, Irini, Anastasia, Despina, Chrysoula, Foteini, Stavroula, Christina, Athanasia,
    Theodora, Kalliopi, Stamatia, Alexandra, Efthymia, Zoi, Olga, Argyro, Eftychia, Marina, Antonia, Varvara,
    Polyxeni, Evdokia, Nikoletta, Katerina, Fani, Roula, Voula, Soula, Toula, Xenia, Melina, Danai, Artemis, Athina,
    Ifigeneia, Kassandra, Persefoni, Myrto, Nefeli, Thalia, Lambrini, Evgenia, Garyfallia, Kleopatra, Erato,
    Ourania, Penelope
    """
)

GIVEN_MALE = listed(
    """
    Georgios, Dimitrios, Konstantinos, Ioannis, Nikolaos, Christos, Panagiotis, Vasileios, Athanasios, Michail,
    Evangelos, Spyridon, Theodoros, Antonios, Stavros, Andreas, Emmanouil, Alexandros, Apostolos, Anastasios,
    Petros, Charalampos, Efstathios, Ilias, Stylianos, Grigorios, Pavlos, Kyriakos, Angelos, Sotirios, Paraskevas,
    Leonidas, Aristeidis, Odysseas, Achilleas, Iason, Orestis, Menelaos, Themistoklis, Periklis, Sokratis, Platon,
    Yiannis, Kostas, Nikos, Yorgos, Takis, Vangelis, Makis, Thanasis, Lefteris, Eleftherios, Fotios, Argyrios,
    Stergios, Lambros, Markos, Loukas, Matthaios, Zisis, Rigas, Thrasyvoulos, Polychronis
    """
)

FAMILY = listed(
    """
    Papadopoulos, Papadopoulou, Vlachos, Angelopoulos, Nikolaidis, Georgiou, Petridis, Athanasiadis, Dimitriadis,
    Papadakis, Panagiotopoulos, Papantoniou, Antoniou, Oikonomou, Karagiannis, Karagianni, Makris, Dimopoulos,
    Papageorgiou, Konstantinidis, Samaras, Kostopoulos, Ioannidis, Ioannidou, Alexiou, Christodoulou, Theodorou,
    Vasileiou, Katsaros, Mavridis, Stavropoulos, Galanis, Manolakis, Kalogeropoulos, Anagnostou, Anagnostopoulos,
    Economides, Hatzis, Chatzigeorgiou, Chatzidakis, Sideris, Tsakiris, Tsipras, Kyriakou, Lambrou, Mitsotakis,
    Venizelos, Zografos, Kazantzakis, Theodorakis, Xenakis, Spanos, Rallis, Pappas, Gikas, Kontos, Liakos, Drakos,
    Raptis, Psaras, Charalambous, Hadjigeorgiou, Savvides, Pantelides, Loizou, Demetriou
    """
)

NATIVE_SCRIPT = listed(
    """
    Γεώργιος Παπαδόπουλος, Μαρία Παπαδοπούλου, Ελένη Δημητρίου, Νικόλαος Γεωργίου, Αικατερίνη Ιωαννίδου, Δημήτριος
    Βλάχος, Σοφία Αντωνίου, Κωνσταντίνος Μακρής
    """
)
"""Whole names in their own script and order."""

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
