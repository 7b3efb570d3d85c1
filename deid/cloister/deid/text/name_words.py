"""Words that decide what a part of a name tells: particles, and names that are everyday words as well."""

from __future__ import annotations

PARTICLES = frozenset(
    "van von der den de del della di da dos du la le el al bin ibn abu ter ten st san y e und jr sr ii iii iv".split()  # noqa: SIM905
)
"""Parts of names that identify nobody alone."""

EVERYDAY_WORDS = frozenset(
    """
    an and are as at be bell black blue bond bone bowel brown bush child christian cold cook cross day dean do early
    end faith fall field fine first fluid foot friend gay good grace grant gray green grey guy hand hall hardy head
    heard heart her hill him his hope house how in is ivy joy july june king knee law lee light long love low lung
    major marine mark may mercy mild miles moody more my new no noble of old on or page pain park penny person pope
    price ray read reading rice rich rose royal sharp short so sober stable stone strong sun swallow sweet tender to
    true wall ward was water way weaver well west white will wise with wood wright young hospital clinic street
    normal orange august april summer autumn winter north south east mobile
    """.split()  # noqa: SIM905
)
"""Names and places that are words of running text as well."""

GIVEN_WORDS = frozenset(
    """
    amber april archer autumn bishop blaze bonnie brandy brook candy charity chuck clay cliff cooper crystal daisy
    dale dawn dean dolly drew duke earl eve faith fern forest glen grace grant hank hazel heath heather herb holly
    hunter ivy jack jade jasmine jasper jay jewel june kitty lance lily mercy misty norm opal patience pearl penny
    pete piper poppy prince prudence raven reed rex robin rocky ruby rusty sandy sky sterling stormy summer sunny
    tanner ted wade willow wren
    """.split()  # noqa: SIM905
)
"""Given names that are words of running text as well, and seldom stand before a word that is none."""

SURNAME_ATTRIBUTES = frozenset(
    """
    above afraid angry bad barking bears behind between big bitter black blazing blue bob brave breaking bright
    bringing brings broken brown buffalo bull burning burnt calling charging chasing clear climbing comes crazy
    crooked crying cut dancing dark dawn day deep diving dreaming drifting dull dusty eagle early eastern eight
    elder elk evening falling false fast fat fearless fierce fighting fire first five flying fool four free full
    ghost gliding golden good gray great green grey growing growling hail hard has heavy hidden high holding holds
    hollow holy hunting iron jumping kicking kills kind lame likes little lone lonely long looking lost loud low mad
    makes many medicine mighty morning moving new night nine noble northern old one painted pale plain plenty pretty
    proud quick quiet racing red rides rising roaming rolling rough round running runs rushing sacred scarlet sharp
    shining shoots short shot shouting silent silver singing sitting six sleeping slow small smiling smoky smooth
    snowy soaring soft southern speckled spotted spring standing stands stormy straight striped strong summer swift
    takes tall ten thick thin three thundering tiny touching turning twisted two under uses walking walks wandering
    warm watching western whirling whistling white wide wild wind winter wise wooden wounded yellow young
    """.split()  # noqa: SIM905
)
"""What stands before a noun in surnames that are made of ordinary words: Red Cloud, Standing Elk, Kills Enemy."""

SURNAME_NOUNS = frozenset(
    """
    antelope apple arch archer armstrong arrow arrows ash axe badger baker bank banks barber barefoot bark barker
    barn battle bay bean bear beard bears beaver bell belly berry bird birds bishop bison blackbird blade blanket
    blood bloom boat bone bones boot boots bow bowl bowman box boy branch breast bridge bridges brook brooks buck
    buckskin buffalo bull bullock burns bush butcher butler butterfly button cain calf camp cane canoe captain card
    carpenter carter cash castle cat cave cedar chambers chance charger chase cherry chief child church clay cliff
    cloud clouds coat cold colt cook coon cooper corn cotton cow coyote crane creek cross crow crown cub curry
    dancer dancers daniels dawn day days dean deer diamond dirt dog dogs dove drake dream dreamer drum drummer duck
    dust eagle eagles ear earth elk elm enemies enemy eye eyes face falcon fall falls farmer farms father feather
    feathers fence fern field fields finch finger fire fish fisher flag flint flood flower flowers foot ford forest
    forks fountain fowler fox foxes freeman friend frog frost gamble gardener garland garrison gate gates ghost gift
    glass glove goat goldsmith goose gourd grass graves green ground grove guard gun guns hail hair hall hammer hand
    hands hare harper harvest hat hawk hawks hay head heart heath hedge hen hero heron hill hills hogg hole holes
    hollow hood hoop horn horns horse horses house hummingbird hunt hunter husband island ivy jacket joy judge
    kettle key killer king kite knife knight lake lamb lance land lane lark lawman leaf leather leg legs light
    lightning lily lion lips lizard locke lodge log lord lynx lyon maker man mane maple marsh martin mason meadow
    medicine men miller mills mink mirror moccasin moccasins money moon moons moor moose moss mountain mouse mouth
    mule neck necklace nest night nightingale noon north nose oak ocean oldman otter owl owls paint painter palm
    parish park parks partridge pass path paw peach peacock pearl pecan peel pepper perch peters piece pike pine
    pines pipe plume plumes pond pony poole pope porcupine porter pots potter price prince puma quail quiver rabbit
    raccoon rain rainbow rainwater ram raven ravens reed rice rider riders ridge ring river rivers road roads robe
    robin rock rocks rooster root rope rose ross runner running rush sage salmon salt sand sands scout sea seed
    sellers sergeant shadow shawl sheep shell shepherd shield shields ship shirt shoe shoes shooter singer skin
    skins skunk sky smith smoke snake snow snyder soldier song speaker spear spears spider spirit spoon spring
    springs spruce squire squirrel stag star stars steel steward stone stones storm stream street strikes sugar sun
    swallow swan swift table tail tailor talker tassel temple thorn thrush thunder thunderbird tiger timber timbers
    toad tooth top town track tracks trail travis tree trees trout trunk turkey turner turtle twigs twin underwood
    valley vine violet visitor voice wade wagon walker wall walls warbonnet warrior water waters weasel weaver webb
    weed well wells west whale wheat wheel wheeler whirlwind willow wind window winds wine wing wings winter wolf
    wolverine wolves woman women wood woodman woodpecker woods workman wren yard
    """.split()  # noqa: SIM905
)
"""What surnames that are made of ordinary words end with, or consist of: Deer, Rivers, Banks."""

MEDICAL_TOO = frozenset(
    """
    above angry apple bad barber bean behind belly between big bird bitter black blade blood blue bone bones bow
    breaking breast bridge bright bringing brings broken brown bull burning burns burnt button calling cane card cat
    chambers charging child clear climbing cold comes corn cotton cow crooked cross crown crying curry cut dark day
    days deep diamond dog dogs dreaming drum dull dust ear early eight elder evening eye eyes face fall falling
    falls false fast father fighting finger fire first fish five flag flower flying foot four free friend full glass
    glove golden good gray great green grey ground growing gun hair hand hands hard has head heart heavy hidden high
    holding holds hole holes hollow horn horse house husband iron jacket joy judge jumping key kicking kind lame
    land leg legs light likes lips little lodge lone long looking lost loud low mad makes man many maple medicine
    men mirror money morning mouse mouth moving neck necklace new night nine noon north nose oak ocean old one pale
    palm park pass path paw peach pearl perch piece pipe plain plenty pony price proud quick quiet red ring rising
    road roaming rolling root rose rough round running rush sacred salmon salt sand seed sergeant sharp sheep shell
    ship shirt shoe shoes short shot silent silver singing sitting six skin skins sleeping slow small smoke smooth
    snake soft southern speaker speckled spider spirit spotted spring springs standing stands steel stone stones
    stormy straight stream street strikes striped strong sugar summer sun tail takes tall ten thick thin three tiny
    toad tooth top touching town track tracks trail trunk turkey turning twin twisted two under uses valley violet
    visitor voice walking walks wandering warm watching water waters weed well wells western wheat wheel white wide
    window wine winter wise woman women wood wooden workman wounded yard yellow young
    """.split()  # noqa: SIM905
)
"""Of both the words that notes are full of: after a name they may belong to the sentence."""
