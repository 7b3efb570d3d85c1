"""Names usual in the Netherlands and Flanders."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Maria, Anna, Johanna, Cornelia, Elisabeth, Catharina, Wilhelmina, Hendrika, Margaretha, Petronella, Jacoba,
    Adriana, Geertruida, Monique, Ingrid, Marieke, Annemieke, Sanne, Femke, Lotte, Fleur, Anouk, Iris, Eva, Lieke,
    Sophie, Tess, Julia, Saar, Nora, Roos, Floor, Maud, Noor, Evi, Fenna, Jasmijn, Marloes, Esther, Mirjam, Saskia,
    Yvonne, Wendy, Linda, Astrid, Ellen, Ria, Truus, Riet, Corrie, Greetje, Toos, Bep, Mien, Nel, Jannie, Willemijn,
    Hanneke, Ineke, Marijke, Tineke, Wilma, Gerda, Joke, Anneke, Els, Trijntje, Grietje, Aaltje, Sietske, Froukje,
    Hiltje, Leen, Griet, Veerle, Liesbeth, Katrien, Hilde, Goedele, Machteld
    """
)

GIVEN_MALE = listed(
    """
    Jan, Johannes, Cornelis, Hendrik, Willem, Pieter, Gerrit, Jacobus, Adrianus, Petrus, Wilhelmus, Theodorus, Dirk,
    Klaas, Kees, Piet, Henk, Wim, Bas, Daan, Sem, Levi, Luuk, Bram, Thijs, Ruben, Stijn, Jesse, Lars, Milan, Thomas,
    Tim, Niels, Sander, Jeroen, Martijn, Maarten, Marcel, Erik, Rob, Ronald, Peter, Paul, Frank, Bart, Joost,
    Wouter, Rutger, Sjoerd, Wiebe, Tjeerd, Jelle, Sietse, Douwe, Fokke, Rinse, Harm, Teun, Arie, Leen, Huib, Floris,
    Casper, Diederik, Lodewijk, Joris, Koen, Pim, Sybren, Evert, Gijsbert, Egbert, Albertus, Bernardus, Antonius,
    Lieven, Geert, Jef, Wannes, Godfried
    """
)

FAMILY = listed(
    """
    de Jong, Jansen, de Vries, van den Berg, van Dijk, Bakker, Janssen, Visser, Smit, Meijer, de Boer, Mulder, de
    Groot, Bos, Vos, Peters, Hendriks, van Leeuwen, Dekker, Brouwer, de Wit, Dijkstra, Smits, de Graaf, van der
    Meer, Kok, Jacobs, van der Linden, de Haan, Vermeulen, van den Heuvel, van der Veen, van den Broek, de Bruijn,
    van der Heijden, Schouten, van Beek, Willems, van Vliet, van de Ven, Hoekstra, Maas, Verhoeven, Koster, van Dam,
    Prins, Blom, Huisman, Peeters, de Jonge, Kuipers, van Veen, Post, Kuiper, Veenstra, Kramer, van den Brink,
    Scholten, van Wijk, Postma, Martens, Vink, de Ruiter, Timmermans, Groen, Gerritsen, Jonker, van Loon, Boer, van
    der Velde, Willemsen, Smeets, de Lange, de Vos, Bosch, van Dongen, Schipper, de Koning, van der Laan, Koning,
    Driessen, Hermans, van den Bosch, Evers, Hofman, Bosman, Wolters, Sanders, Mol, Molenaar, Kuijpers, van Es,
    Hoogland, Zijlstra, Wouters, Claes, Goossens, Mertens, Maes, De Smet, Vandenberghe, Vanhoutte, ter Horst, ten
    Brinke, in 't Veld, op den Kamp, IJsselstein, Nieuwenhuizen
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("van, van de, van der, van den, de, den, ter, ten, 't")

FAMILY_FIRST = False
