"""Names usual in Italy and Italian-speaking Switzerland."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Maria, Anna, Giuseppina, Rosa, Angela, Giovanna, Teresa, Lucia, Carmela, Caterina, Francesca, Antonia, Carla,
    Elena, Concetta, Rita, Margherita, Franca, Paola, Laura, Giulia, Chiara, Sara, Martina, Alessia, Valentina,
    Federica, Silvia, Elisa, Ilaria, Giorgia, Aurora, Sofia, Ginevra, Beatrice, Alice, Gaia, Noemi, Camilla, Greta,
    Ludovica, Bianca, Matilde, Arianna, Viola, Emma, Vittoria, Nicole, Rebecca, Marta, Serena, Simona, Barbara,
    Monica, Daniela, Patrizia, Roberta, Stefania, Cristina, Sabrina, Manuela, Michela, Raffaella, Antonella,
    Donatella, Loredana, Ornella, Graziella, Luisa, Immacolata, Assunta, Filomena, Addolorata, Incoronata,
    Mariangela, Annunziata, Fiorella, Letizia, Benedetta, Eleonora
    """
)

GIVEN_MALE = listed(
    """
    Giuseppe, Giovanni, Antonio, Mario, Luigi, Francesco, Angelo, Vincenzo, Pietro, Salvatore, Carlo, Franco,
    Domenico, Bruno, Paolo, Michele, Giorgio, Aldo, Sergio, Luciano, Andrea, Marco, Alessandro, Stefano, Roberto,
    Matteo, Lorenzo, Davide, Simone, Luca, Federico, Riccardo, Leonardo, Tommaso, Gabriele, Edoardo, Mattia,
    Filippo, Diego, Christian, Nicolò, Emanuele, Giacomo, Samuele, Pasquale, Raffaele, Gennaro, Ciro, Carmine,
    Rocco, Nicola, Fabio, Claudio, Massimo, Maurizio, Enrico, Alberto, Daniele, Fabrizio, Gianluca, Gianni, Piero,
    Ettore, Guido, Umberto, Silvio, Renato, Ugo, Dario, Cesare, Gaetano, Calogero, Rosario, Gianfranco, Pierluigi,
    Ubaldo, Ermanno, Ottavio, Fulvio, Ezio
    """
)

FAMILY = listed(
    """
    Rossi, Russo, Ferrari, Esposito, Bianchi, Romano, Colombo, Ricci, Marino, Greco, Bruno, Gallo, Conti, De Luca,
    Mancini, Costa, Giordano, Rizzo, Lombardi, Moretti, Barbieri, Fontana, Santoro, Mariani, Rinaldi, Caruso,
    Ferrara, Galli, Martini, Leone, Longo, Gentile, Martinelli, Vitale, Lombardo, Serra, Coppola, De Santis,
    D'Angelo, Marchetti, Parisi, Villa, Conte, Ferraro, Ferri, Fabbri, Bianco, Marini, Grasso, Valentini, Messina,
    Sala, De Angelis, Gatti, Pellegrini, Palumbo, Sanna, Farina, Rizzi, Monti, Cattaneo, Morelli, Amato, Silvestri,
    Mazza, Testa, Grassi, Pellegrino, Carbone, Giuliani, Benedetti, Barone, Rossetti, Caputo, Montanari, Guerra,
    Palmieri, Bernardi, Martino, Fiore, De Rosa, Ferretti, Bellini, Basile, Riva, Donati, Piras, Vitali, Battaglia,
    Sartori, Neri, Costantini, Milani, Pagano, Ruggiero, Sorrentino, D'Amico, Orlando, Damico, Negri, Della Valle,
    Di Pietro, Lo Presti, La Rocca, Dal Pozzo, Zanetti, Quattrocchi, Mastroianni
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("di, de, della, del, dal, lo, la, d'")

FAMILY_FIRST = False
