"""Names usual in Haiti, Jamaica, Trinidad, Guyana and the French Antilles."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Marie-Ange, Marie-Carmelle, Marie-Flore, Guerline, Mirlande, Roseline, Fabiola, Ketly, Nadège, Yolette, Islande,
    Magalie, Régine, Wideline, Darline, Dieula, Immacula, Jocelyne, Lovely, Natacha, Rose-Laure, Sherline, Widlyne,
    Yvrose, Tanisha, Shanique, Kerry-Ann, Marcia, Sonia, Althea, Beverley, Claudette, Delroyann, Hyacinth, Icilda,
    Jacinth, Kadian, Latoya, Merlene, Monique, Nadine, Opal, Patrine, Shelly-Ann, Sashana, Tashana, Veronica,
    Yanique, Indra, Savitri, Kamla, Indranie, Dhanmattie, Radica, Shivanie, Anjanie, Parbatie, Chandra, Phulmatie,
    Sumintra, Josiane, Lucette, Maryse
    """
)

GIVEN_MALE = listed(
    """
    Jean-Baptiste, Jean-Bertrand, Wyclef, Jovenel, Ricardo, Frantz, Fritz, Pierre-Richard, Reginald, Emmanuel,
    Évens, Fanfan, Gesner, Hérold, Jacquelin, Kervens, Lesly, Makenson, Michelet, Nixon, Odilon, Rodney, Sauveur,
    Toussaint, Wilner, Wisly, Wilson, Yvon, Delroy, Devon, Errol, Everton, Garfield, Glenroy, Horace, Junior, Kemar,
    Leroy, Lloyd, Marlon, Neville, Orville, Oshane, Omar, Rohan, Shaquille, Usain, Winston, Yohan, Desmond, Linval,
    Vishnu, Ramnarine, Shivnarine, Deonarine, Rajendra, Sunil, Basdeo, Cheddi, Bharrat, Mahadeo, Narine, Ti-Jean
    """
)

FAMILY = listed(
    """
    Jean-Baptiste, Jean-Louis, Jean-Pierre, Pierre-Louis, Saint-Fleur, Saint-Louis, Dessalines, Toussaint, Duvalier,
    Aristide, Préval, Moïse, Charles, Joseph, Louis, Étienne, Augustin, Célestin, Exantus, Dorcéus, Fleurimond,
    Metellus, Mésidor, Ulysse, Altidor, Estimé, Laguerre, Belizaire, Desrosiers, Delva, Philogène, Campbell, Brown,
    Bolt, Blake, Powell, Marley, Gayle, Tosh, Cliff, Wright, Grant, Reid, Clarke, Gordon, Thompson, Bailey, Francis,
    Morgan, Samuels, Walcott, Ambrose, Garvey, Manley, Seaga, Ramdin, Ramsaran, Ramkissoon, Ramlogan, Persaud,
    Persad, Maharaj, Mohammed, Singh, Jagan, Jagdeo, Bissoondath, Naipaul, Chanderpaul, Boodram, Seepersad, Sookdeo,
    Bhagwandin, Césaire, Damas, Zobel, Condé, Pulvar
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
