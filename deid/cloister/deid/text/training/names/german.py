"""Names usual in Germany, Austria and German-speaking Switzerland."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Maria, Ursula, Monika, Petra, Elisabeth, Sabine, Renate, Helga, Karin, Brigitte, Ingrid, Erika, Andrea, Gisela,
    Claudia, Susanne, Gabriele, Christa, Christine, Hildegard, Anna, Birgit, Barbara, Gertrud, Heike, Marianne,
    Elke, Martina, Angelika, Irmgard, Edith, Ilse, Ute, Bärbel, Katharina, Silke, Anja, Kerstin, Annemarie,
    Lieselotte, Waltraud, Edeltraud, Roswitha, Mechthild, Ingeborg, Margarete, Käthe, Frieda, Hannelore, Anneliese,
    Rosemarie, Jutta, Doris, Cornelia, Sigrid, Dagmar, Sandra, Nicole, Stefanie, Julia, Melanie, Nadine, Katrin,
    Christiane, Franziska, Johanna, Lena, Leonie, Hannah, Mia, Emilia, Charlotte, Clara, Luise, Lotte, Greta, Ida,
    Mathilda, Antonia, Theresa, Annika, Wiebke, Frauke, Heidrun, Gudrun, Friederike, Henriette, Adelheid, Walburga,
    Kunigunde, Swantje, Antje, Anne-Marie, Eva-Maria, Ann-Kathrin, Hanne, Margit, Traudl, Vroni, Resi
    """
)

GIVEN_MALE = listed(
    """
    Peter, Michael, Wolfgang, Thomas, Klaus, Werner, Manfred, Helmut, Jürgen, Heinz, Günter, Andreas, Gerhard, Hans,
    Dieter, Horst, Uwe, Bernd, Frank, Karl, Joachim, Herbert, Stefan, Walter, Martin, Rainer, Matthias, Markus,
    Rolf, Rudolf, Ralf, Christian, Siegfried, Kurt, Franz, Heinrich, Alfred, Erich, Otto, Hermann, Ernst, Wilhelm,
    Friedrich, Josef, Johann, Georg, Ludwig, Reinhard, Volker, Ulrich, Jens, Torsten, Sven, Dirk, Holger, Jörg,
    Axel, Carsten, Olaf, Lutz, Detlef, Hartmut, Eberhard, Gottfried, Egon, Ewald, Gustav, Anton, Alexander,
    Sebastian, Florian, Tobias, Daniel, Philipp, Lukas, Felix, Jonas, Maximilian, Leon, Finn, Emil, Moritz,
    Konstantin, Benedikt, Korbinian, Xaver, Alois, Sepp, Urs, Beat, Reto, Jürg, Hans-Peter, Karl-Heinz, Hans-Jürgen,
    Klaus-Dieter, Ernst-August, Hinnerk, Fiete, Knut, Wendelin, Veit, Bruno, Arno
    """
)

FAMILY = listed(
    """
    Müller, Schmidt, Schneider, Fischer, Weber, Meyer, Wagner, Becker, Schulz, Hoffmann, Schäfer, Koch, Bauer,
    Richter, Klein, Wolf, Schröder, Neumann, Schwarz, Zimmermann, Braun, Krüger, Hofmann, Hartmann, Lange, Schmitt,
    Werner, Schmitz, Krause, Meier, Lehmann, Schmid, Schulze, Maier, Köhler, Herrmann, König, Walter, Mayer, Huber,
    Kaiser, Fuchs, Peters, Lang, Scholz, Möller, Weiß, Jung, Hahn, Schubert, Vogel, Friedrich, Keller, Günther,
    Frank, Berger, Winkler, Roth, Beck, Lorenz, Baumann, Franke, Albrecht, Schuster, Simon, Ludwig, Böhm, Winter,
    Kraus, Martin, Schumacher, Krämer, Vogt, Stein, Jäger, Otto, Sommer, Groß, Seidel, Heinrich, Brandt, Haas,
    Schreiber, Graf, Dietrich, Ziegler, Kuhn, Kühn, Pohl, Engel, Horn, Busch, Bergmann, Thomas, Voigt, Sauer,
    Arnold, Wolff, Pfeiffer, Gruber, Steiner, Moser, Egger, Brunner, Leitner, Wimmer, Aichinger, Zellweger, Bächli,
    Rüegg, Aeschbacher, Niedermayer, Oberhuber, Petersen, Hansen, Jansen, Clausen, Wiechmann, Unterberger,
    Holzapfel, Fröhlich, Strauß, Nußbaum, Grünwald, Rosenkranz, Schönfeld, Kirchhoff, Lindemann, Steinmetz,
    Freudenberg, Hagedorn, Mühlenbrock, von Bülow, von der Heide, zu Knyphausen, Müller-Lüdenscheidt,
    Schmidt-Rottluff, Meyer-Landrut
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("von, van, zu, vom, von der, zur")

FAMILY_FIRST = False
