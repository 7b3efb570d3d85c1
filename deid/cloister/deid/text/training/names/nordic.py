"""Names usual in Sweden, Norway, Denmark, Iceland and Finland."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Anna, Eva, Maria, Karin, Kristina, Lena, Kerstin, Ingrid, Marie, Inger, Birgitta, Ulla, Elisabeth, Margareta,
    Astrid, Linnéa, Elin, Hanna, Sofia, Malin, Jenny, Annika, Åsa, Susanne, Gunilla, Siv, Maj-Britt, Gun, Anne,
    Inga, Kari, Marit, Liv, Solveig, Randi, Berit, Turid, Ragnhild, Sigrid, Nora, Ingeborg, Hedda, Thea, Tuva,
    Silje, Mette, Kirsten, Hanne, Lone, Bente, Pia, Tove, Ditte, Freja, Ida, Alma, Karen, Guðrún, Sigríður, Kristín,
    Helga, Björk, Þórdís, Ragnheiður, Hrafnhildur, Tuula, Ritva, Leena, Pirjo, Aino, Helmi, Päivi, Sari, Kaisa,
    Riikka, Anneli, Marjatta, Eeva, Saara, Inkeri
    """
)

GIVEN_MALE = listed(
    """
    Erik, Lars, Karl, Anders, Johan, Per, Nils, Jan, Lennart, Hans, Gunnar, Sven, Mikael, Fredrik, Bengt, Bo, Åke,
    Göran, Björn, Ulf, Håkan, Stig, Magnus, Oskar, Axel, Gustav, Viktor, Elias, Olof, Torbjörn, Bjørn, Ole, Kjell,
    Svein, Arne, Knut, Tor, Geir, Terje, Odd, Leif, Øyvind, Trond, Sindre, Sverre, Harald, Haakon, Jens, Søren,
    Niels, Jørgen, Mads, Rasmus, Kasper, Mikkel, Poul, Ebbe, Flemming, Preben, Jón, Sigurður, Guðmundur, Ólafur,
    Einar, Magnús, Þór, Hallgrímur, Juhani, Matti, Pekka, Timo, Jukka, Mikko, Antti, Heikki, Kari, Eero, Väinö,
    Toivo, Ilkka, Seppo
    """
)

FAMILY = listed(
    """
    Andersson, Johansson, Karlsson, Nilsson, Eriksson, Larsson, Olsson, Persson, Svensson, Gustafsson, Pettersson,
    Jonsson, Jansson, Hansson, Bengtsson, Lindberg, Lindström, Lindqvist, Bergström, Sandberg, Sjöberg, Nyström,
    Holmberg, Åkesson, Öberg, Ekström, Lundgren, Hedlund, Söderberg, Wallin, Fjällström, Hansen, Johansen, Olsen,
    Larsen, Andersen, Pedersen, Nilsen, Kristiansen, Jensen, Karlsen, Berg, Haugen, Hagen, Johannessen, Jacobsen,
    Halvorsen, Lund, Moen, Solberg, Bakken, Strand, Nygård, Øvrebø, Kjærstad, Nielsen, Christensen, Sørensen,
    Rasmussen, Jørgensen, Madsen, Kristensen, Olesen, Thomsen, Poulsen, Knudsen, Mortensen, Møller, Kjær,
    Østergaard, Vestergaard, Nørgaard, Jónsson, Jónsdóttir, Sigurðsson, Guðmundsdóttir, Gunnarsson, Ólafsdóttir,
    Einarsson, Magnúsdóttir, Þorsteinsson, Korhonen, Virtanen, Mäkinen, Nieminen, Mäkelä, Hämäläinen, Laine,
    Heikkinen, Koskinen, Järvinen, Lehtonen, Saarinen, Salminen, Heinonen, Niemi, Kinnunen, Salonen, Turunen,
    Hietala, Yrjölä, af Klint
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("af, von, av")

FAMILY_FIRST = False
