"""Names usual in France, Belgium, Romandy and Quebec."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Marie, Nathalie, Isabelle, Sylvie, Catherine, Françoise, Martine, Christine, Monique, Valérie, Sandrine,
    Véronique, Nicole, Stéphanie, Sophie, Céline, Chantal, Patricia, Anne, Brigitte, Julie, Aurélie, Laurence,
    Christelle, Émilie, Dominique, Jacqueline, Élodie, Corinne, Michèle, Annie, Virginie, Hélène, Laetitia,
    Delphine, Camille, Pauline, Léa, Manon, Chloé, Inès, Jade, Louise, Alice, Lola, Zoé, Juliette, Clémence,
    Mathilde, Margaux, Océane, Anaïs, Justine, Audrey, Sabrina, Karine, Florence, Geneviève, Colette, Odette,
    Simone, Yvonne, Germaine, Paulette, Ginette, Lucienne, Josette, Solange, Suzanne, Thérèse, Madeleine, Jeanne,
    Marguerite, Bernadette, Ghislaine, Mireille, Nadège, Gaëlle, Maëlys, Noémie, Bérénice, Capucine, Apolline,
    Victoire, Éléonore, Aliénor, Ségolène, Marie-Claude, Anne-Sophie, Marie-Thérèse, Marie-Christine, Anne-Laure,
    Marie-Hélène, Rose-Marie, Fabienne, Régine, Viviane, Agathe, Eugénie, Octavie
    """
)

GIVEN_MALE = listed(
    """
    Jean, Pierre, Michel, André, Philippe, Alain, Nicolas, Patrick, Christophe, Christian, Daniel, Bernard,
    Frédéric, Laurent, Stéphane, Éric, Julien, David, Sébastien, Pascal, Thierry, Gérard, Olivier, Thomas,
    Alexandre, Jacques, Claude, François, Didier, Vincent, Dominique, Guillaume, Jérôme, Bruno, Marc, Antoine,
    Maxime, Romain, Benoît, Mathieu, Fabrice, Franck, Gilles, Guy, Serge, Denis, Yves, Roger, René, Marcel, Robert,
    Henri, Louis, Georges, Lucien, Raymond, Maurice, Fernand, Émile, Gaston, Léon, Hugo, Lucas, Enzo, Théo, Nathan,
    Clément, Baptiste, Quentin, Valentin, Corentin, Loïc, Gaël, Yann, Erwan, Ronan, Tanguy, Thibault, Bastien, Rémi,
    Cédric, Ludovic, Grégory, Arnaud, Xavier, Hervé, Joël, Noël, Régis, Aurélien, Jean-Pierre, Jean-Luc, Jean-Marc,
    Jean-Claude, Jean-François, Pierre-Yves, Charles-Henri, Achille, Anatole, Côme
    """
)

FAMILY = listed(
    """
    Martin, Bernard, Dubois, Thomas, Robert, Richard, Petit, Durand, Leroy, Moreau, Simon, Laurent, Lefebvre,
    Michel, Garcia, David, Bertrand, Roux, Vincent, Fournier, Morel, Girard, André, Lefèvre, Mercier, Dupont,
    Lambert, Bonnet, François, Martinez, Legrand, Garnier, Faure, Rousseau, Blanc, Guérin, Muller, Henry, Roussel,
    Nicolas, Perrin, Morin, Mathieu, Clément, Gauthier, Dumont, Lopez, Fontaine, Chevalier, Robin, Masson, Sanchez,
    Gérard, Nguyen, Boyer, Denis, Lemaire, Duval, Joly, Gautier, Roger, Roche, Roy, Noël, Meyer, Lucas, Meunier,
    Jean, Perez, Marchand, Dufour, Blanchard, Marie, Barbier, Brun, Dumas, Brunet, Schmitt, Leroux, Colas, Pichon,
    Vidal, Picard, Renard, Carpentier, Rivière, Moulin, Aubert, Charpentier, Bourgeois, Lacroix, Lévêque, Pelletier,
    Tremblay, Gagnon, Bouchard, Côté, Bélanger, Lavoie, Thibault, Desjardins, Beaulieu, Le Gall, Le Goff, Kervella,
    Guillou, Castagnet, Etcheverry, Delacroix, Deschamps, Vandenbroucke, Delvaux, Peeters, de Villepin, du Bellay,
    de La Rochefoucauld, d'Estaing, L'Hermitte, Saint-Exupéry, Martin-Lefort, Duchêne, Gâtineau, Maître, Benoît
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("de, du, de la, des, le, la, d'")

FAMILY_FIRST = False
