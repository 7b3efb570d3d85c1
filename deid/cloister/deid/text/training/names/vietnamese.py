"""Names usual in Vietnam, Laos, Cambodia and among their emigrants, with and without diacritics."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Thị Hoa, Thị Lan, Thị Mai, Thị Hương, Thị Hồng, Thị Thu, Thị Nga, Thị Tuyết, Thị Bích, Thị Kim, Ngọc Anh, Ngọc
    Lan, Thanh Huyền, Thanh Thảo, Phương Anh, Phương Linh, Minh Châu, Quỳnh Anh, Thùy Linh, Thùy Dung, Kim Ngân, Bảo
    Ngọc, Khánh Linh, Mỹ Linh, Diễm My, Hồng Nhung, Thu Hà, Thu Trang, Tường Vy, Yến Nhi, Hoa, Lan, Mai, Huong,
    Linh, Thuy, Trang, Ngoc, Phuong, Nhung, Thao, Tuyet, Hanh, Nga, Loan, Van, Yen, Bich Ngoc, Kim Anh, Thu Hang,
    Xuan, Dao, Cuc, Thanh Van, Mai Linh, My Duyen, Thi Nguyet, Bopha, Sreymom, Chanthou, Somaly, Kolab, Khamla,
    Bounmy, Noy
    """
)

GIVEN_MALE = listed(
    """
    Văn Hùng, Văn Minh, Văn Nam, Văn Dũng, Văn Tuấn, Đức Anh, Đức Thắng, Minh Đức, Minh Quân, Minh Tuấn, Quang Huy,
    Quang Minh, Quốc Bảo, Quốc Việt, Hoàng Long, Hoàng Nam, Anh Tuấn, Tuấn Anh, Thanh Tùng, Thanh Sơn, Xuân Trường,
    Hữu Phước, Hữu Nghĩa, Công Phượng, Gia Bảo, Gia Huy, Bảo Long, Trung Kiên, Đình Trọng, Ngọc Hải, Hung, Minh,
    Nam, Dung, Tuan, Duc, Quan, Huy, Bao, Viet, Long, Tung, Son, Truong, Phuoc, Nghia, Khoa, Khanh, Lam, Loc, Phong,
    Phuc, Tai, Tam, Thanh, Thinh, Tri, Vinh, Duy, Dat, Sophal, Dara, Rithy, Sokha, Vuthy, Samnang, Bounthanh,
    Somchit, Khamphone
    """
)

FAMILY = listed(
    """
    Nguyễn, Trần, Lê, Phạm, Hoàng, Huỳnh, Phan, Vũ, Võ, Đặng, Bùi, Đỗ, Hồ, Ngô, Dương, Lý, Nguyen, Tran, Le, Pham,
    Hoang, Huynh, Vu, Vo, Dang, Bui, Do, Ho, Ngo, Duong, Ly, Dinh, Đinh, Doan, Đoàn, Truong, Trương, Lam, Lâm, Mai,
    Trinh, Trịnh, Dao, Đào, Cao, Ha, Hà, Luong, Lương, Luu, Lưu, Chau, Châu, Ta, Tạ, Phung, Phùng, To, Tô, Thai,
    Thái, Quach, Quách, Tang, Vuong, Vương, La, Kieu, Kiều, Than, Chu, Sok, Chea, Chan, Keo, Kim, Heng, Seng,
    Phommachanh, Vongsa, Sisavath, Souvannavong, Inthavong, Thammavong
    """
)

NATIVE_SCRIPT: tuple[str, ...] = ()

PARTICLES: tuple[str, ...] = ()

FAMILY_FIRST = True
