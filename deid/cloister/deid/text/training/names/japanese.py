"""Names usual in Japan and among its emigrants."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Yuki, Sakura, Hana, Yui, Aoi, Rin, Mei, Himari, Akari, Yoko, Keiko, Kazuko, Sachiko, Michiko, Kyoko, Yoshiko,
    Hiroko, Noriko, Junko, Tomoko, Kumiko, Mayumi, Naomi, Emi, Ayumi, Haruka, Misaki, Nanami, Miyu, Rio, Asuka,
    Chiyo, Fumiko, Hanako, Haruko, Hisako, Kaori, Kimiko, Machiko, Mariko, Masako, Megumi, Midori, Miho, Mitsuko,
    Miyuki, Nobuko, Reiko, Rie, Ritsuko, Saori, Setsuko, Shizuko, Sumiko, Takako, Teruko, Toshiko, Yasuko, Yukiko,
    Yumiko, Kiyoko, Ikumi, Shiori
    """
)

GIVEN_MALE = listed(
    """
    Hiroshi, Takashi, Kenji, Makoto, Satoshi, Takeshi, Kazuo, Akira, Hideo, Yoshio, Shigeru, Masao, Minoru, Isamu,
    Kiyoshi, Tadashi, Haruto, Yuto, Sota, Ren, Riku, Hayato, Daiki, Kaito, Shota, Kenta, Takumi, Tsubasa, Ryota,
    Daisuke, Ichiro, Jiro, Saburo, Goro, Taro, Kentaro, Shintaro, Eiji, Fumio, Goichi, Haruki, Hideki, Hiroyuki,
    Jun, Katsumi, Kazuhiro, Kenichi, Koichi, Koji, Manabu, Masahiro, Mitsuo, Naoki, Nobuo, Noboru, Osamu, Ryo,
    Seiji, Shinji, Shoji, Susumu, Tetsuya, Tomohiro, Toshio, Tsutomu, Yasuhiro, Yoshihiro, Yutaka
    """
)

FAMILY = listed(
    """
    Sato, Suzuki, Takahashi, Tanaka, Watanabe, Ito, Yamamoto, Nakamura, Kobayashi, Kato, Yoshida, Yamada, Sasaki,
    Yamaguchi, Matsumoto, Inoue, Kimura, Hayashi, Shimizu, Yamazaki, Mori, Abe, Ikeda, Hashimoto, Yamashita,
    Ishikawa, Nakajima, Maeda, Fujita, Ogawa, Goto, Okada, Hasegawa, Murakami, Kondo, Ishii, Saito, Sakamoto, Endo,
    Aoki, Fujii, Nishimura, Fukuda, Ota, Miura, Fujiwara, Okamoto, Matsuda, Nakagawa, Nakano, Harada, Ono, Tamura,
    Takeuchi, Kaneko, Wada, Nakayama, Ishida, Ueda, Morita, Hara, Shibata, Sakai, Kudo, Yokoyama, Miyazaki,
    Miyamoto, Uchida, Takagi, Ando, Taniguchi, Ohno, Maruyama, Imai, Takada, Fujimoto, Takeda, Murata, Ueno,
    Sugiyama, Masuda, Sugawara, Hirano, Kojima, Otsuka, Chiba, Kubo, Matsui, Iwasaki, Sakurai, Kinoshita, Noguchi,
    Matsuo, Nomura, Kikuchi, Sano, Onishi, Sugimoto, Arai, Tokugawa, Higa, Kanashiro
    """
)

NATIVE_SCRIPT = listed(
    """
    佐藤健, 鈴木花子, 高橋一郎, 田中美咲, 渡辺久美子, 伊藤誠, 山本由紀, 中村太郎, 小林さくら, 加藤浩
    """
)
"""Whole names in their own script and order."""

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = False
