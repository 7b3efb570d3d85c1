"""The words that surrogates are made of: invented names of people and places.

Family and place names are put together from two halves, so that there are many and none belongs to one person.
"""

from __future__ import annotations

GIVEN_NAMES = tuple(
    """
    Aaron Abigail Adam Adrian Agnes Ahmed Aisha Alan Albert Alex Alice Alicia Amanda Amelia Amir Amy Ana Andrea
    Andrew Angela Anita Ann Anna Anne Anthony Antonio Arthur Ashley Barbara Beatrice Benjamin Bernard Betty Brandon
    Brenda Brian Bruce Carl Carla Carlos Carmen Carol Caroline Catherine Cecilia Charles Charlotte Chloe Christine
    Christopher Claire Clara Claudia Craig Cynthia Daniel Daniela David Deborah Dennis Diana Diego Donald Donna
    Dorothy Douglas Edith Edward Elena Elizabeth Ella Ellen Emily Emma Eric Esther Ethan Eva Evelyn Fatima Felix
    Fernando Florence Frances Francis Frank Gabriel Gary George Gerald Gloria Gordon Grace Gregory Hannah Harold
    Harry Hassan Heather Helen Henry Hiroshi Howard Hugo Ian Ibrahim Ingrid Irene Isaac Isabel Ivan Jack Jacob
    Jacqueline James Jane Janet Janice Jason Javier Jean Jeffrey Jennifer Jeremy Jerry Jessica Joan Joel John
    Jonathan Jorge Jose Joseph Joshua Joyce Juan Judith Julia Julian Justin Karen Karl Katherine Kathleen Keith
    Kelly Kenneth Kevin Kimberly Kyle Larry Laura Lauren Lawrence Leo Leon Leonard Lillian Linda Lisa Lois Louis
    Louise Lucas Lucia Lucy Luis Luke Lydia Lynn Manuel Marcus Margaret Maria Marie Marilyn Mario Marion Martha
    Martin Mary Mateo Matthew Maureen Maya Megan Mei Melissa Michael Michelle Miguel Miriam Mohammed Monica Nadia
    Nancy Natalie Nathan Nicholas Nicole Nina Noah Nora Norman Olga Oliver Olivia Omar Oscar Pamela Patricia Patrick
    Paul Paula Pedro Peter Philip Phyllis Rachel Rafael Ralph Raymond Rebecca Renee Ricardo Richard Robert Roger
    Ronald Rosa Roy Russell Ruth Ryan Sally Samantha Samuel Sandra Sara Sarah Scott Sean Sergio Sharon Sheila Simon
    Sofia Sonia Sophia Stella Stephanie Stephen Steven Stuart Susan Sylvia Tanya Teresa Theodore Theresa Thomas
    Timothy Tina Todd Tyler Valerie Vanessa Vera Vernon Veronica Victor Victoria Vincent Virginia Walter Warren
    Wayne Wendy William Yasmin Yolanda Yuki Yusuf Zachary Zoe
    """.split()  # noqa: SIM905
)
_HEADS = """
    Ash Bal Barn Beck Bel Black Brad Bren Burn Cal Carl Clif Cran Dal Den Dray East Ell Elm Fair Farn Fen Glen Gran
    Hal Harl Hart Hat Hol Kel Kirk Lang Lin Lock Mal Mel Mil Mor Nor Oak Old Pem Pres Rad Ray Red Ros Rush Sel Shel
    Stan Stock Sut Thorn Til Wal Wel Whit Win Wood
""".split()  # noqa: SIM905
_FAMILY_TAILS = "ard bury by combe cott dale den don field ford grave ham hurst land ley lock man mere more ridge shaw stead ston ton ward well wick worth".split()  # noqa: SIM905,E501
_PLACE_TAILS = "borough bridge brook chester crest falls field fold gate haven hollow mead minster mouth port stone vale view water".split()  # noqa: SIM905,E501

FAMILY_NAMES = tuple(head + tail for head in _HEADS for tail in _FAMILY_TAILS)
PLACE_NAMES = tuple(head + tail for head in _HEADS for tail in _PLACE_TAILS)
