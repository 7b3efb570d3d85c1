"""Names usual in Spain and Spanish-speaking America."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    María, Carmen, Josefa, Isabel, Ana, Dolores, Pilar, Teresa, Rosa, Cristina, Francisca, Laura, Antonia, Mercedes,
    Marta, Elena, Concepción, Luisa, Rosario, Lucía, Juana, Manuela, Paula, Raquel, Encarnación, Beatriz, Rocío,
    Patricia, Victoria, Julia, Belén, Silvia, Esther, Ángela, Sara, Sandra, Yolanda, Montserrat, Mónica, Inmaculada,
    Margarita, Sonia, Alba, Andrea, Nuria, Amparo, Irene, Nieves, Daniela, Valentina, Camila, Gabriela, Mariana,
    Fernanda, Ximena, Guadalupe, Alejandra, Adriana, Verónica, Yesenia, Marisol, Maribel, Araceli, Graciela,
    Esperanza, Consuelo, Soledad, Remedios, Milagros, Inés, Eulalia, Fuensanta, Begoña, Itziar, Ainhoa, Nerea, Aroa,
    Noemí, Leire, Montse, Laia, Mireia, María del Carmen, María José, María Dolores, Ana María, María Teresa, Luz
    Marina, Rosa María, Yamileth, Xiomara, Lourdes, Leticia, Norma, Paloma, Estefanía, Lorena, Vanesa, Catalina,
    Renata, Úrsula
    """
)

GIVEN_MALE = listed(
    """
    Antonio, José, Manuel, Francisco, Juan, David, José Antonio, Javier, José Luis, Daniel, Carlos, Jesús,
    Alejandro, Miguel, Rafael, Pedro, Ángel, Pablo, Sergio, Fernando, Jorge, Luis, Alberto, Álvaro, Diego, Adrián,
    Raúl, Iván, Enrique, Ramón, Vicente, Andrés, Óscar, Joaquín, Santiago, Eduardo, Víctor, Mario, Roberto, Jaime,
    Marcos, Ignacio, Hugo, Salvador, Ricardo, Emilio, Guillermo, Gabriel, Julián, Julio, Tomás, Agustín, Gonzalo,
    Felipe, Martín, Nicolás, Domingo, Benito, Lorenzo, Gregorio, Esteban, Cristóbal, Bartolomé, Eusebio, Fermín,
    Mateo, Sebastián, Emiliano, Leonardo, Mauricio, Rodrigo, Arturo, Gerardo, Ernesto, Efraín, Wilfredo, Rigoberto,
    Gustavo, Hernán, Facundo, Ezequiel, Thiago, Unai, Iker, Aitor, Asier, Jordi, Oriol, Josep, Xavier, Juan Carlos,
    Miguel Ángel, Juan José, José Manuel, Luis Alberto, Baltasar, Anselmo, Cayetano, Evaristo, Horacio
    """
)

FAMILY = listed(
    """
    García, Rodríguez, González, Fernández, López, Martínez, Sánchez, Pérez, Gómez, Martín, Jiménez, Ruiz,
    Hernández, Díaz, Moreno, Muñoz, Álvarez, Romero, Alonso, Gutiérrez, Navarro, Torres, Domínguez, Vázquez, Ramos,
    Gil, Ramírez, Serrano, Blanco, Molina, Morales, Suárez, Ortega, Delgado, Castro, Ortiz, Rubio, Marín, Sanz,
    Núñez, Iglesias, Medina, Garrido, Cortés, Castillo, Santos, Lozano, Guerrero, Cano, Prieto, Méndez, Cruz, Calvo,
    Gallego, Herrera, Márquez, León, Vidal, Peña, Flores, Cabrera, Campos, Vega, Fuentes, Carrasco, Diez, Reyes,
    Caballero, Nieto, Aguilar, Pascual, Santana, Herrero, Montero, Lorenzo, Hidalgo, Giménez, Ibáñez, Ferrer, Durán,
    Santiago, Benítez, Vargas, Mora, Vicente, Arias, Carmona, Crespo, Román, Pastor, Soto, Sáez, Velasco, Moya,
    Soler, Parra, Esteban, Bravo, Gallardo, Rojas, Villanueva, Quintanilla, Echevarría, Etxeberria, Goikoetxea,
    Zabala, Urrutia, Puig, Bosch, Ventura, Casals, Feijóo, Outeiro, Quispe, Mamani, Huanca, Restrepo, Zapata,
    Bustamante, Villalobos, Ayala, Maldonado, Contreras, Figueroa, Espinoza, Cárdenas, Trujillo, Salazar, Escobar,
    Ocampo, Arango, Barrientos, Zúñiga, de la Cruz, de la Fuente, de León, del Río, de los Santos, García-Márquez,
    Ruiz de Alarcón
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("de, del, de la, de los, y")

FAMILY_FIRST = False
