"""Names usual in Portugal, Brazil, Angola and Mozambique."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Maria, Ana, Francisca, Antónia, Adriana, Juliana, Márcia, Fernanda, Patrícia, Aline, Sandra, Camila, Amanda,
    Bruna, Jéssica, Letícia, Júlia, Luciana, Vanessa, Mariana, Gabriela, Vera, Vitória, Larissa, Cláudia, Beatriz,
    Rita, Luana, Sónia, Renata, Eliane, Josefa, Simone, Natália, Cristiane, Carla, Débora, Rosângela, Jaqueline,
    Rosa, Daniela, Aparecida, Marlene, Terezinha, Raimunda, Andreia, Fabiana, Lúcia, Raquel, Angela, Rafaela, Joana,
    Luzia, Elaine, Conceição, Fátima, Graça, Lurdes, Inês, Catarina, Carolina, Leonor, Matilde, Madalena, Benedita,
    Constança, Mafalda, Teresa, Filipa, Sofia, Marta, Margarida, Helena, Isabel, Glória, Esmeralda, Florbela,
    Deolinda, Ivone, Thaís
    """
)

GIVEN_MALE = listed(
    """
    José, João, António, Francisco, Carlos, Paulo, Pedro, Lucas, Luiz, Marcos, Luís, Gabriel, Rafael, Daniel,
    Marcelo, Bruno, Eduardo, Felipe, Raimundo, Rodrigo, Manoel, Mateus, André, Fernando, Fábio, Leonardo, Gustavo,
    Guilherme, Leandro, Tiago, Anderson, Ricardo, Márcio, Jorge, Sebastião, Alexandre, Roberto, Edson, Diego, Vitor,
    Sérgio, Cláudio, Matheus, Thiago, Geraldo, Adriano, Luciano, Júlio, Renato, Alex, Vinícius, Rogério, Samuel,
    Ronaldo, Mário, Flávio, Igor, Douglas, Davi, Manuel, Joaquim, Rui, Nuno, Duarte, Afonso, Gonçalo, Henrique,
    Simão, Martim, Salvador, Vasco, Diogo, Fernão, Armindo, Agostinho, Belmiro, Custódio, Domingos, Adelino,
    Wellington
    """
)

FAMILY = listed(
    """
    Silva, Santos, Ferreira, Pereira, Oliveira, Costa, Rodrigues, Martins, Jesus, Sousa, Fernandes, Gonçalves,
    Gomes, Lopes, Marques, Alves, Almeida, Ribeiro, Pinto, Carvalho, Teixeira, Moreira, Correia, Mendes, Nunes,
    Soares, Vieira, Monteiro, Cardoso, Rocha, Raposo, Neves, Coelho, Cruz, Cunha, Pires, Ramos, Reis, Simões,
    Antunes, Matos, Fonseca, Machado, Araújo, Barbosa, Tavares, Lourenço, Castro, Figueiredo, Azevedo, Freitas,
    Magalhães, Henriques, Lima, Guerreiro, Batista, Pinheiro, Faria, Miranda, Barros, Morais, Nogueira, Esteves,
    Anjos, Baptista, Campos, Mota, Andrade, Brito, Sá, Nascimento, Leite, Abreu, Borges, Melo, Vaz, Pinho, Vicente,
    Gaspar, Assunção, Maia, Moura, Valente, Domingues, Garcia, Carneiro, Loureiro, Neto, Amaral, Branco, Leal,
    Pacheco, Macedo, Paiva, Matias, Torres, Cavalcanti, Albuquerque, Guimarães, Medeiros, dos Santos, da Silva, de
    Oliveira, do Nascimento, da Conceição, das Neves, Espírito Santo, Vilas Boas
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("da, de, do, dos, das, e")

FAMILY_FIRST = False
