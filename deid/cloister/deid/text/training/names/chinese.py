"""Names usual in China, Taiwan, Hong Kong, Singapore and Malaysia: Pinyin, Wade-Giles and Cantonese spellings."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Li, Fang, Na, Min, Jing, Yan, Xia, Ying, Hui, Mei, Xiuying, Guiying, Yulan, Guilan, Xiulan, Meiling, Xiaoling,
    Xiaoyan, Lihua, Meihua, Shufen, Shuzhen, Yuzhen, Fengying, Yumei, Xinyi, Zihan, Yutong, Shihan, Mengyao, Jiayi,
    Yuxuan, Ruoxi, Yifan, Qian, Ting, Xue, Yun, Zhen, Lan, Hong, Qing, Xiang, Yue, Rong, Bao-Yi, Mei-Ling, Shu-Fen,
    Ya-Ting, Chia-Hui, Hsiu-Ying, Yi-Chun, Pei-Shan, Wai Ling, Siu Fong, Ka Yan, Mei Yee, Suk Yin, Wing Sze, Yuk
    Lan, Hui Min, Xiao Wei, Chunhua, Yanhong, Lijuan, Haiyan
    """
)

GIVEN_MALE = listed(
    """
    Wei, Jun, Qiang, Lei, Yang, Yong, Jie, Tao, Ming, Chao, Gang, Ping, Hui, Peng, Bin, Bo, Feng, Long, Jian, Hao,
    Xin, Zhiqiang, Jianguo, Jianhua, Guoqiang, Weidong, Xiaodong, Haifeng, Zhigang, Wenjie, Zhihao, Yuhang, Haoran,
    Zixuan, Junjie, Yichen, Mingze, Zhengyu, Tianyu, Guangming, Deming, Shaohua, Changming, Yongsheng, Jinlong,
    Zhenhua, Chih-Ming, Chun-Hung, Kuan-Yu, Cheng-Han, Chien-Hung, Wen-Hsiung, Tsung-Han, Kwok Wai, Chi Ming, Ka Ho,
    Wing Kin, Siu Ming, Yiu Fai, Kam Tong, Tai Man, Boon Keng, Wee Liang, Kok Seng, Jia Hao
    """
)

FAMILY = listed(
    """
    Wang, Li, Zhang, Liu, Chen, Yang, Huang, Zhao, Wu, Zhou, Xu, Sun, Ma, Zhu, Hu, Guo, He, Gao, Lin, Luo, Zheng,
    Liang, Xie, Song, Tang, Han, Feng, Deng, Cao, Peng, Zeng, Xiao, Tian, Dong, Pan, Yuan, Cai, Jiang, Yu, Du, Ye,
    Cheng, Wei, Su, Lu, Ding, Ren, Shen, Yao, Cui, Tan, Fan, Wan, Shi, Zou, Xiong, Jin, Qiu, Hou, Bai, Qin, Ouyang,
    Situ, Zhuge, Shangguan, Chan, Wong, Cheung, Lau, Leung, Ng, Ho, Kwok, Lam, Yeung, Tsang, Kwan, Mak, Fung, Chow,
    Yip, Tse, Poon, Tsai, Hsieh, Hsu, Hsiao, Chiang, Chou, Chuang, Chung, Goh, Teo, Ong, Lim, Koh, Chua, Quek, Yeo,
    Toh, Heng, Szeto
    """
)

NATIVE_SCRIPT = listed(
    """
    王伟, 李娜, 张敏, 刘洋, 陈静, 杨秀英, 黄志强, 赵建国, 吴美玲, 周杰, 陳志明, 林淑芬, 黃雅婷, 張國榮, 歐陽娜娜, 郑晓燕
    """
)
"""Whole names in their own script and order."""

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = True
