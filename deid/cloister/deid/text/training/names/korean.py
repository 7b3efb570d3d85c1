"""Names usual in Korea and among its emigrants."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Ji-yeon, Min-ji, Soo-jin, Eun-ji, Ji-hye, Hye-jin, Yu-na, Seo-yeon, Ji-woo, Ha-eun, Soo-ah, Young-hee, Soon-ja,
    Young-ja, Jung-sook, Mi-sook, Kyung-hee, Myung-sook, Eun-young, Mi-young, Sun-hee, Hyun-joo, Yoon-ah, Bo-young,
    Da-hye, Eun-kyung, Ga-young, Hee-sun, In-sook, Jae-eun, Jin-ah, Joo-hee, Kyung-ja, Mi-kyung, Na-young, Ok-soon,
    Sang-mi, Se-young, So-young, Sook-hee, Soo-kyung, Ye-jin, Yeon-hee, Yoo-jung, Jiyoung, Minjung, Sujin, Hyejin,
    Eunji, Yuna, Jisoo, Chaewon, Dahyun, Seulgi, Boram, Areum, Haneul, Bitna, Malsoon, Bok-soon
    """
)

GIVEN_MALE = listed(
    """
    Min-jun, Seo-jun, Ji-hoon, Hyun-woo, Jun-ho, Sung-min, Dong-hyun, Jae-hyun, Young-ho, Sung-ho, Jin-woo,
    Tae-hyun, Sang-hoon, Kyung-soo, Young-soo, Jong-soo, Chul-soo, Kwang-soo, Byung-ho, Chang-min, Dae-jung,
    Do-yoon, Eun-woo, Gun-woo, Han-gyeol, Hee-chul, Ho-jin, Hyuk-jae, In-ho, Jae-sung, Ji-sung, Jin-young,
    Jong-hyun, Joon-young, Jung-hoon, Ki-tae, Kyu-hyun, Min-ho, Min-seok, Myung-bak, Nam-joon, Sang-chul,
    Seung-hyun, Si-woo, Soo-hyun, Suk-jin, Tae-woo, Won-bin, Woo-jin, Yong-hwa, Minho, Jihoon, Sungmin, Dongwook,
    Jaewon, Taehyung, Hyunsoo, Youngmin, Kwangho, Sangwoo
    """
)

FAMILY = listed(
    """
    Kim, Lee, Park, Choi, Jung, Jeong, Kang, Cho, Jo, Yoon, Yun, Jang, Chang, Lim, Im, Han, Oh, Seo, Suh, Shin,
    Kwon, Hwang, Ahn, An, Song, Ryu, Yoo, Hong, Jeon, Chun, Ko, Koh, Moon, Yang, Son, Sohn, Bae, Baek, Paik, Heo,
    Hur, Nam, Shim, Noh, Roh, Ha, Kwak, Sung, Cha, Joo, Woo, Koo, Gu, Min, Jin, Na, Um, Won, Chae, Cheon, Bang,
    Gong, Hyun, Ham, Byun, Yeom, Pyo, Do, Seok, Sun, Seol, Ma, Gil, Wi, Rhee, Yi, Pak, Namgung, Hwangbo, Jegal,
    Sunwoo
    """
)

NATIVE_SCRIPT = listed(
    """
    김민준, 이서연, 박지훈, 최은지, 정현우, 강수진, 조영희, 윤지우, 장동현, 임미영
    """
)
"""Whole names in their own script and order."""

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = True
