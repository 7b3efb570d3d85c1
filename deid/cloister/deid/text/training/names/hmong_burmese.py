"""Names usual among Hmong and in Myanmar."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Mai, Pa Houa, Mai Yer, Kia, Yer, Mee, Bao, Chee, Ka Zoua, Pang, Nou, Sheng, Pa Nhia, Mai Lee, Maly, Xee, Youa,
    Zoua, Gao Nou, Gao Sheng, Pakou, Goua, Nhia, Mao, Ia, Bee, Pahoua, See, Choua, Ker, Mai Chong, Houa, Nkauj, Hli,
    Paj, Aye Aye, Khin, Khin Mar, Khin Khin, Moe Moe, Thida, Thiri, Su Su, Sanda, Nilar, Nwe Nwe, Myint Myint, Mya
    Mya, Hnin, Hla Hla, Ei Ei, Phyu Phyu, Wai Wai, Yin Yin, Zin Mar, Tin Tin, May, Cho Cho, Htwe, San San, Thandar,
    Win Win, Naw Paw, Naw Eh
    """
)

GIVEN_MALE = listed(
    """
    Tou, Tou Bee, Pao, Chue, Chong, Neng, Nhia Yer, Xai, Yeng, Vang Pao, Cheng, Chao, Fue, Ge, Kong, Koua, Leng,
    Long, Mong, Moua, Nao, Pheng, Seng, Shoua, Teng, Thai, Toua, Tswv, Wang Meng, Xeng, Yia, Ying, Za, Aung, Aung
    Aung, Aung Min, Kyaw, Kyaw Zin, Zaw, Zaw Min, Min Thu, Htun, Hla Min, Ko Ko, Lwin, Maung Maung, Myint, Myo,
    Naing, Nyunt, Phyo, Saw, Saw Eh, Sein, Soe, Than, Thein, Thant, Thura, Tin, Tun, Win, Ye, Ye Htut, Zeya, Saw
    Htoo
    """
)

FAMILY = listed(
    """
    Vang, Xiong, Yang, Lee, Lor, Moua, Thao, Her, Vue, Yang-Xiong, Cha, Kong, Hang, Khang, Fang, Pha, Cheng, Chang,
    Moua-Vang, Vue-Lee, Tsab, Xyooj, Vaj, Yaj, Lis, Thoj, Hawj, Muas, Tsheej, Faj, Kue, Kwv, Chue, Heu, Ly,
    Mouanoutoua, Lo, Lyfoung, Aung, Oo, Win, Tun, Htun, Kyaw, Zaw, Min, Naing, Lwin, Hlaing, Thein, Than, Soe,
    Myint, Maung, Khin, Swe, Htet, Phyo, Lin, Kyi, Nyein, Hein, Sein, Myo, Thu, Paw, Htoo, Wah, Moo, Eh, Say, Shwe
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
