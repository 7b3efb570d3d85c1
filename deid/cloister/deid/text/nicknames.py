"""Short and pet forms of given names: whoever is listed as William may be Bill in a note."""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = """
Abigail Abby Gail|Abraham Abe|Adelheid Heidi|Albert Al Bert Bertie|Alberto Beto|Alejandra Ale Sandra|Alejandro Alex Ale
Alessandra Sandra|Alessandro Sandro Ale|Alexander Alex Xander Sascha Sandy Lex|Alexandra Alex Sandra Sandy Lexi
Alexandre Alex|Alfonso Poncho|Alfred Al Alf Fred|Alice Allie|Alison Ali|Amanda Mandy|Ana Anita|Andrea Andi
Andreas Andi Andy|Andrew Andy Drew|Angela Angie|Anna Annie Anya Anke|Anne Annie|Anthony Tony|Antoinette Toni
Anton Toni|Antonio Toño Tony Toni|Antonia Toni|Arthur Art Artie|August Gus|Barbara Barb Babs Bärbel|Beatrice Bea
Beatriz Bea|Benjamin Ben Benny Benji|Bernard Bernie|Bernhard Bernd|Brigitte Gitte|Calvin Cal|Carolina Caro Lina
Caroline Carrie Caro|Catherine Cathy Cate Kate Katie|Cecilia Ceci Cissy|Charles Charlie Chuck Chas Chip
Charlotte Lotte Charlie Lottie|Christian Chris|Christina Chris Tina Chrissy|Christine Chris Chrissy Tina
Christoph Chris|Christopher Chris Kit Topher|Clifford Cliff|Concepción Concha Conchita|Cornelia Conny Nelli
Cynthia Cindy
Daniel Dan Danny Dani|Daniela Dani|Danielle Dani|David Dave Davey|Deborah Deb Debbie|Dennis Denny|Dolores Lola
Dominic Dom Nick|Dominique Dom|Donald Don Donny|Dorothea Thea Dorle|Dorothy Dot Dottie Dolly|Douglas Doug|Edmund Ed Ned
Eduardo Edu Lalo|Edward Ed Eddie Ned Ted Teddy|Edwin Ed|Eleanor Ellie Nell Nora|Elena Lena|Eleonora Nora
Elisabeth Lisa Elli Sisi
Elizabeth Liz Lizzie Beth Betty Betsy Eliza Libby Lisa|Emily Em Emmy|Enrique Quique Kike|Ernest Ernie|Eugene Gene
Evelyn Evie|Ezekiel Zeke|Fernando Nando Fer|Florence Flo Flossie|Frances Fran Frankie|Francesca Franca Cesca
Francesco Franco Ciccio Cesco|Francis Frank Fran|Francisca Paca Paqui|Francisco Paco Pancho Fran Kiko Curro
Franziska Franzi Sissi|Frederick Fred Freddie Fritz|Friedrich Fritz|Gabriel Gabe Gabi|Gabriela Gabi|Gabriele Gabi
Georg Schorsch|George Georgie|Gerald Gerry Jerry|Gerhard Gerd|Gertrude Trudy Gertie|Giovanni Gianni Vanni Nino
Giuseppe Beppe Peppe Pino|Gregory Greg|Guadalupe Lupe Lupita|Guillermo Memo Guille|Gustav Gus|Hannah Hanna
Hans Hansi|Harold Hal Harry|Heather Heath|Heinrich Heinz Heiner|Helena Lena Leni|Helen Nell Nellie|Helene Lene
Henry Hank Harry Hal|Herbert Herb Bert|Howard Howie|Ignacio Nacho|Isaac Ike Zac|Isabel Isa Chabela Belle
Isabella Bella Izzy
Jacob Jake|Jacqueline Jackie|Jakob Jockel|James Jim Jimmy Jamie Jem|Janet Jan|Javier Javi|Jeffrey Jeff
Jennifer Jen Jenny Jenna|Jeremiah Jerry|Jessica Jess Jessie|Jesús Chuy Chus|Jesus Chuy Chus|Joachim Achim Jochen
Joan Joanie
Joanna Jo Asia|Joanne Jo|João Joãozinho|Johann Hans Hannes|Johanna Hanna Hanne|Johannes Hans Hannes Jo
John Johnny Jack Jock Jon
Jonathan Jon Jonny|José Pepe Pepito Zé|Jose Pepe|Josef Sepp Jupp Pepi|Joseph Joe Joey Jo|Josephine Josie Jo Fifi
Joshua Josh|Juan Juanito|Judith Judy Jude|Julia Julie Jules|Jürgen Jogi|Karl Kalle|Karoline Karo|Katarzyna Kasia
Katharina Kathi Käthe Kati Trina
Katherine Kathy Kate Katie Kat Kitty Kay|Kathleen Kathy Kate Kath|Kenneth Ken Kenny|Kimberly Kim Kimmy|Konrad Kurt Conny
Kristina Kris Tina|Lawrence Larry|Leonard Leo Len Lenny|Leonardo Leo|Lillian Lily Lil|Louis Lou Louie|Louise Lou Lulu
Lucille Lucy|Luis Lucho|Ludwig Lutz|Luigi Gigi|Madeline Maddie|Małgorzata Gosia|Manuel Manny Manolo Manu|Manuela Manu
Margaret Maggie Meg Peg Peggy Marge Margie Greta Daisy
Margarete Gretel Grete Gretchen|Margarita Marga Rita|Marguerite Margot|Maria Mia Mitzi Mari Marie|María Mari Maruja
Marianne Nanni
Marilyn Mary Lyn|Mark Marky|Martha Marty|Martin Marty|Mary Molly Polly Mamie|Matthew Matt Matty|Matthias Matze Hias
Maximilian Max Maxi|Maxwell Max|Megan Meg|Melissa Missy Mel|Mercedes Merche Meche|Michael Mike Mikey Mick Mickey Michi
Michelle Shelly|Mikhail Misha|Mildred Millie|Mohammed Mo Hamo|Mohamed Mo|Muhammad Mo|Monika Moni|Nancy Nan
Natalia Nati Natasha
Natalie Nat|Nathan Nate Nat|Nathaniel Nate Nat|Nicholas Nick Nicky Klaus|Nicole Nicky Nikki|Nikolaus Klaus Niko
Norbert Nobby
Oliver Ollie Oli|Olivia Liv Livvy|Pamela Pam|Patricia Pat Patty Trish Tricia Patsy|Patrick Pat Paddy Rick|Paul Paulie
Penelope Penny
Peter Pete|Philip Phil Pip|Phillip Phil|Phyllis Phyl|Pilar Pili|Rachel Rae|Rafael Rafa|Raymond Ray|Rebecca Becky Becca
Renate Nate|Ricardo Richi Ricky|Richard Rick Dick Rich Richie Ricky|Robert Bob Bobby Rob Robbie Bert|Roberto Beto
Roger Rodge
Ronald Ron Ronnie|Rosario Charo|Rose Rosie|Rosemary Rosie Rose|Rudolf Rudi|Russell Russ Rusty|Salvatore Totò Turi
Samantha Sam Sammy
Samuel Sam Sammy|Sandra Sandy|Sara Sally|Sarah Sally Sadie|Sebastian Seb Bastian Basti|Siegfried Sigi|Simon Si
Sophia Sophie
Stanley Stan|Stefan Steff|Stefanie Steffi|Stephanie Steph Stevie|Stephen Steve|Steven Steve Stevie
Susan Sue Suzie Susie|Susanne Susi Sanne
Suzanne Sue Suzy|Teresa Tere Terry Tess Tessa|Theodor Theo|Theodore Ted Teddy Theo|Theresa Terri Tess Resi
Thomas Tom Tommy
Timothy Tim Timmy|Ursula Uschi Ulla|Valerie Val|Vanessa Nessa|Veronica Ronnie Vero|Victor Vic|Victoria Vicky Tori
Vincent Vince Vinnie|Vincenzo Enzo|Virginia Ginny Ginger|Vladimir Volodya Vova|Walter Walt Wally|Wilhelm Willi Willy
William Bill Billy Will Willie Liam
Wolfgang Wolf Wolfi|Yekaterina Katya|Ekaterina Katya|Aleksandr Sasha|Dmitri Dima|Sergei Seryozha|Zachary Zach Zack
"""

NICKNAMES: Mapping[str, tuple[str, ...]] = {
    entry.split()[0]: tuple(entry.split()[1:]) for entry in _TABLE.replace("\n", "|").split("|") if entry.strip()
}
"""Given name -> its short and pet forms."""

WORDS_TOO = frozenset(
    """
    al ale alf art asia belle ben bert bill billy cal charlie chip cliff dan dave deb dick dom don dot drew ed em fer
    flo gail gene ginger gus hal hank heath herb jack jade jan jo ken kit lena len lex lil liz lou lutz mari max may meg
    mo nan nat ned nick nora norm pat peg penny pip polly ray rich rick rob rod ron rose russ rusty sandy sally sam si
    stan stevie sue tere tess tim tom toni tori val vic wally will willi willy wolf woody bob theo leo marie mia paca
    """.split()  # noqa: SIM905
)
"""Short forms, in lower case, that are words or abbreviations too: they count where they have a capital."""
