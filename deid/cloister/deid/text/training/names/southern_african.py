"""Names usual in South Africa, Zimbabwe, Zambia, Malawi, Botswana, Angola and Madagascar."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Nomsa, Thandiwe, Nokuthula, Zanele, Nomvula, Sibongile, Ntombi, Thandeka, Lindiwe, Nompumelelo, Zodwa, Busisiwe,
    Nonhlanhla, Ayanda, Bongiwe, Hlengiwe, Lungile, Khanyisile, Nandi, Noluthando, Nosipho, Phumzile, Thembi,
    Thokozile, Xoliswa, Zoleka, Lerato, Palesa, Dineo, Refilwe, Kgomotso, Boitumelo, Keitumetse, Masego, Mpho,
    Naledi, Tshepiso, Tebogo, Rutendo, Tendai, Chipo, Nyasha, Tsitsi, Rudo, Vimbai, Tatenda, Shamiso, Ruvimbo,
    Mutinta, Chanda, Bwalya, Mwansa, Thoko, Chikondi, Chisomo, Tiyamike, Annelize, Elmarie, Marietjie, Ilse, Riana,
    Soanirina, Voahangy, Hanitra, Fanja
    """
)

GIVEN_MALE = listed(
    """
    Sipho, Thabo, Themba, Bongani, Mandla, Sibusiso, Siyabonga, Nkosinathi, Thulani, Vusi, Zola, Lwazi, Mthunzi,
    Musa, Jabulani, Dumisani, Andile, Ayanda, Khaya, Luthando, Lwandile, Mzwandile, Njabulo, Nhlanhla, Phumlani,
    Sandile, Sifiso, Sizwe, Thamsanqa, Xolani, Tshepo, Kagiso, Katlego, Kabelo, Lebogang, Mpho, Neo, Pule, Tumelo,
    Tebogo, Thapelo, Tatenda, Tafadzwa, Tinashe, Kudzai, Farai, Takudzwa, Tapiwa, Simba, Munashe, Chanda, Mulenga,
    Mwila, Bwalya, Kondwani, Mphatso, Pieter, Johannes, Gerhardus, Hendrik, Kobus, Riaan, Francois, Andry, Rivo,
    Tojo
    """
)

FAMILY = listed(
    """
    Dlamini, Nkosi, Zulu, Ndlovu, Khumalo, Sithole, Mokoena, Mthembu, Mkhize, Naidoo, Mahlangu, Ngcobo, Buthelezi,
    Cele, Zungu, Gumede, Hadebe, Mabaso, Mbatha, Mchunu, Ngubane, Ntuli, Nxumalo, Radebe, Shabalala, Sibiya,
    Tshabalala, Xaba, Zwane, Zuma, Mandela, Mbeki, Sisulu, Tambo, Biko, Ramaphosa, Qwabe, Gqola, Xulu, Molefe,
    Mofokeng, Motsepe, Maseko, Moloi, Mokgadi, Letsie, Lekganyane, Phiri, Banda, Mwale, Chirwa, Tembo, Zimba,
    Mulenga, Mwanza, Chanda, Musonda, Moyo, Sibanda, Ncube, Mpofu, Dube, Chigumbura, Mutasa, Chiwenga, Mnangagwa,
    Makoni, Marufu, Botha, van der Merwe, Pretorius, Coetzee, van Wyk, Venter, Steyn, Viljoen, Joubert, du Plessis,
    du Toit, Kruger, Govender, Pillay, Rakotomalala, Andrianarisoa, Rasolofoniaina, Razafindrakoto, Ravalomanana,
    Khama, Masire
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES = listed("van, van der, du")

FAMILY_FIRST = False
