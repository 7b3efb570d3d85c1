"""Names usual in the Philippines."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Maria Cristina, Maricel, Marites, Rosalinda, Lourdes, Josefina, Corazon, Imelda, Luzviminda, Teresita, Erlinda,
    Evelyn, Gloria, Jocelyn, Marilou, Marivic, Rowena, Rhodora, Analyn, Angelica, Arlene, Aurora, Bernadette,
    Carmelita, Charito, Cherry, Clarissa, Cristeta, Dalisay, Dolores, Editha, Elvira, Emerlita, Estrella, Fe,
    Felicidad, Flordeliza, Girlie, Glenda, Grace, Herminia, Hyacinth, Jasmine, Jennylyn, Jhoanna, Joylyn, Juvy,
    Kristine, Leonora, Liezl, Ligaya, Lilibeth, Lovely, Luningning, Mayumi, Milagros, Mylene, Nenita, Norma,
    Perlita, Precious, Princess, Remedios, Rizalina, Rosario, Sharmaine, Tala, Vilma, Zenaida
    """
)

GIVEN_MALE = listed(
    """
    Juan, Jose, Jose Mari, Ramon, Rodrigo, Benigno, Ferdinand, Joselito, Reynaldo, Rolando, Renato, Romeo, Rogelio,
    Rommel, Ronaldo, Rodel, Arnel, Ariel, Alfredo, Alvin, Amado, Andres, Angelito, Antonio, Apolinario, Arsenio,
    Bayani, Bong, Boyet, Carlito, Cesar, Christian Jay, Conrado, Crisanto, Danilo, Dante, Datu, Diosdado, Edgardo,
    Eduardo, Efren, Emmanuel, Ernesto, Fidel, Florante, Gilbert, Godofredo, Honorio, Isagani, Jayson, Jejomar,
    Jericho, Jerome, Jhon, Jomar, Joey, Jun-Jun, Kidlat, Lito, Manny, Marcelino, Mark Anthony, Nestor, Nonoy,
    Panfilo, Restituto, Teodoro, Virgilio, Wilfredo
    """
)

FAMILY = listed(
    """
    Santos, Reyes, Cruz, Bautista, Ocampo, Garcia, Mendoza, Torres, Tomas, Andrada, Castillo, Flores, Villanueva,
    Ramos, Castro, Rivera, Aquino, Navarro, Mercado, Morales, Fernandez, Gonzales, Lopez, Perez, Dela Cruz, delos
    Santos, de Guzman, de Leon, del Rosario, San Jose, Santiago, Soriano, Salazar, Salvador, Valdez, Velasco,
    Pascual, Padilla, Pangilinan, Panganiban, Pacquiao, Macaraeg, Macapagal, Magsaysay, Magbanua, Malonzo, Manalo,
    Manansala, Mangubat, Dimaculangan, Dimaandal, Catacutan, Dumlao, Gatdula, Gatchalian, Batungbakal, Bulaong,
    Bayani, Lacson, Laurel, Limjoco, Cojuangco, Sy, Tan, Tiongson, Yap, Uy, Co, Gokongwei, Ang, Agbayani, Abad,
    Abueva, Dizon, Pineda, Sumulong, Tolentino, Ylagan, Zamora
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("de, dela, delos, de la, san")

FAMILY_FIRST = False
