"""What common column headers mean. Pure: no Django.

The names are plain English, so that a system of another department can read them; a header that is
not listed and not written in ASCII becomes `item_03`, for a person to name.
"""

import re

NAMES = {
    "姓名": "name",
    "学生姓名": "student_name",
    "教师姓名": "teacher_name",
    "联系人": "contact",
    "联系人姓名": "contact",
    "法定代表人": "legal_representative",
    "法定代表人姓名": "legal_representative",
    "负责人": "person_in_charge",
    "公民身份号码": "citizen_id",
    "公民身份证号码": "citizen_id",
    "身份证号": "citizen_id",
    "身份证号码": "citizen_id",
    "身份证件号码": "citizen_id",
    "证件号码": "document_number",
    "统一社会信用代码": "credit_code",
    "社会信用代码": "credit_code",
    "用人单位统一社会信用代码": "employer_credit_code",
    "单位统一社会信用代码": "employer_credit_code",
    "就业单位统一社会信用代码": "employer_credit_code",
    "就业单位名称": "employer",
    "就业单位": "employer",
    "就业状态": "employment_status",
    "毕业院校": "school",
    "在校生人数": "students",
    "企业名称": "company_name",
    "单位名称": "organisation_name",
    "用人单位": "employer",
    "用人单位名称": "employer",
    "工作单位": "employer",
    "学校名称": "school_name",
    "学校标识码": "school_code",
    "学校代码": "school_code",
    "医院名称": "hospital_name",
    "机构名称": "institution_name",
    "名称": "official_name",
    "主管部门": "supervising_department",
    "所在地": "location",
    "办学层次": "education_level",
    "学历": "education_level",
    "学位": "degree",
    "专业": "major",
    "专业名称": "major",
    "学号": "student_number",
    "证书编号": "certificate_number",
    "毕业日期": "graduation_date",
    "入学日期": "enrolment_date",
    "备注": "remark",
    "序号": "serial",
    "编号": "number",
    "代码": "code",
    "性别": "sex",
    "民族": "ethnicity",
    "年龄": "age",
    "出生日期": "birth_date",
    "出生年月": "birth_month",
    "手机": "mobile",
    "手机号": "mobile",
    "手机号码": "mobile",
    "联系电话": "telephone",
    "电话": "telephone",
    "电话号码": "telephone",
    "电子邮箱": "email",
    "邮箱": "email",
    "地址": "address",
    "详细地址": "address",
    "住址": "home_address",
    "家庭住址": "home_address",
    "居住地址": "home_address",
    "户籍地址": "registered_address",
    "户籍地": "registered_place",
    "银行账号": "bank_account",
    "银行卡号": "bank_card",
    "车牌号": "plate_number",
    "省": "province",
    "省份": "province",
    "市": "city",
    "城市": "city",
    "区县": "county",
    "县区": "county",
    "街道": "subdistrict",
    "省级代码": "province_code",
    "地级代码": "city_code",
    "行政区划代码": "division_code",
    "区划代码": "division_code",
    "邮政编码": "postcode",
    "经度": "longitude",
    "纬度": "latitude",
    "标签": "labels",
    "标题": "title",
    "链接": "link",
    "网址": "website",
    "发文字号": "document_mark",
    "成文日期": "written_on",
    "发布日期": "published_on",
    "日期": "date",
    "时间": "time",
    "年份": "year",
    "月份": "month",
    "金额": "amount",
    "数量": "quantity",
    "状态": "status",
    "类型": "kind",
    "类别": "category",
    "等级": "grade",
    "更新时间": "updated_at",
    "更新日期": "updated_on",
    "版本号": "version",
}
"""Header (normalised) → identifier name."""

PERSON_NAME = re.compile(
    r"姓名|^联系人$|法定代表人|^负责人$|^(full_?)?name_of_person$|^person_name$"
)
CITIZEN_ID = re.compile(r"身份证|公民身份|身份号码|citizen_?id|id_?card")
CREDIT_CODE = re.compile(r"信用代码|credit_?code|uscc")
DIVISION = re.compile(r"区划代码|行政区划|division_?code|^(省级|地级|市级|县级)代码$")
PHONE = re.compile(r"手机|电话|联系方式|mobile|phone|telephone")
HOME_ADDRESS = re.compile(r"住址|居住地|户籍|home_?address")
ADDRESS = re.compile(r"地址|address$")
EMAIL = re.compile(r"邮箱|e-?mail")
BIRTH = re.compile(r"出生|birth")
SENSITIVE = re.compile(
    r"民族|宗教|病|诊断|银行|账号|卡号|婚姻|指纹|血型|ethnicity|religion|diagnos"
)
PERSONAL = re.compile(r"性别|年龄|学号|车牌|^sex$|^gender$|^age$|student_number")
CODE = re.compile(r"码$|编号|证号|号码|学号|代码|(^|_)(code|number|no)$|_id$|^code")
SERIAL = re.compile(r"^(序号|行号|no\.?|serial|id)$")
VERSION = re.compile(r"^(更新时间|更新日期|修改时间|版本号|version|updated_(at|on)|update_time)$")
DATE = re.compile(r"日期|时间|年月日|date|(_|^)(at|on|day|time)$")

_SPACES = re.compile(r"[\s　]+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOTE = re.compile(r"[（(][^（()）]*[)）]$")


def normalised(header: str) -> str:
    """Return a header without white space, trailing note in brackets and required-marks.

    >>> normalised(" 学校 标识码（10位）* ")
    '学校标识码'
    """
    text = _SPACES.sub("", header).strip("*＊：:")
    return _NOTE.sub("", text) or text


def snake(header: str) -> str:
    """Return an ASCII header as an identifier, or nothing.

    >>> snake("countryCode "), snake("层次"), snake("2024 total")
    ('country_code', '', 'n2024_total')
    """
    text = header.strip()
    if not text.isascii():
        return ""
    word = _NOT_WORD.sub("_", _HUMP.sub("_", text).lower()).strip("_")[:60]
    return f"n{word}" if word[:1].isdigit() else word


def names_for(headers: list[str]) -> list[str]:
    """Return one identifier for each header, no two alike.

    >>> names_for(["姓名", "countryCode", "学段", "姓名"])
    ['name', 'country_code', 'item_03', 'name_2']
    """
    names: list[str] = []
    for position, header in enumerate(headers, 1):
        plain = normalised(header)
        base = NAMES.get(plain) or snake(plain) or f"item_{position:02d}"
        name, count = base, 1
        while name in names:
            count += 1
            name = f"{base}_{count}"
        names.append(name)
    return names
