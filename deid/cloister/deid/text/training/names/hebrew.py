"""Names usual in Israel and in Jewish families elsewhere."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Noa, Tamar, Shira, Yael, Maya, Adele, Avigail, Talia, Ayala, Hila, Michal, Rivka, Leah, Rachel, Sarah, Chaya,
    Esther, Miriam, Hannah, Devorah, Batya, Bracha, Dina, Dvora, Efrat, Einat, Galit, Gila, Hadassah, Ilana, Inbal,
    Irit, Keren, Liat, Limor, Liora, Malka, Meirav, Moran, Naama, Nechama, Nitza, Nurit, Ofra, Orit, Orly, Osnat,
    Penina, Pnina, Ronit, Ruth, Sigal, Shoshana, Shulamit, Simcha, Tova, Tzipora, Varda, Vered, Yaffa, Yehudit,
    Yocheved, Zahava, Ziva, Zohar, Chana, Golda, Freida, Mazal
    """
)

GIVEN_MALE = listed(
    """
    Moshe, David, Yosef, Avraham, Yaakov, Yitzhak, Shlomo, Shmuel, Eliyahu, Ariel, Noam, Itai, Uri, Yonatan, Daniel,
    Eitan, Ori, Amit, Guy, Omer, Ido, Nadav, Tomer, Gal, Roi, Asaf, Avi, Avner, Baruch, Benzion, Boaz, Chaim, Dov,
    Doron, Ehud, Elazar, Elchanan, Ephraim, Ezra, Gershon, Gideon, Haim, Hillel, Ilan, Meir, Menachem, Mendel,
    Mordechai, Naftali, Natan, Nissim, Oded, Ofer, Pinchas, Rafi, Ronen, Shai, Shalom, Shimon, Simcha, Tzvi, Uzi,
    Yair, Yehuda, Yigal, Yoav, Yoram, Zalman, Zeev, Zvi
    """
)

FAMILY = listed(
    """
    Cohen, Levi, Mizrahi, Peretz, Biton, Dahan, Avraham, Friedman, Malka, Azoulay, Katz, Yosef, David, Amar, Ohayon,
    Hadad, Gabay, Ben-David, Adri, Levy, Tal, Klein, Chen, Shapira, Chazan, Moshe, Ochana, Segal, Golan, Elbaz,
    Shapiro, Rosenberg, Goldberg, Goldstein, Greenberg, Weinstein, Rosenbaum, Birnbaum, Epstein, Feldman, Grossman,
    Hoffman, Kaplan, Landau, Margolis, Nachman, Perlman, Rabinowitz, Rubinstein, Schwartz, Silberstein, Stern,
    Teitelbaum, Weiss, Zilberman, Ashkenazi, Abergel, Abutbul, Alon, Barak, Bar-Lev, Ben-Ami, Ben-Haim, Ben Gurion,
    Carmi, Eliyahu, Gavrieli, Halevi, Harari, Sasson, Shamir, Sharabi, Toledano, Vaknin, Yehoshua, Yitzhaki, Zohar
    """
)

NATIVE_SCRIPT = listed(
    """
    משה כהן, נועה לוי, דוד מזרחי, שרה פרץ, יוסף ביטון, רחל פרידמן, אברהם דהן, תמר אזולאי
    """
)
"""Whole names in their own script and order."""

PARTICLES = listed("ben, bar, bat")

FAMILY_FIRST = False
