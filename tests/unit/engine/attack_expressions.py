"""Expressions that try to get out of the safe language, grouped by what they try.

Each must be refused, when it is compiled or when it is evaluated; `test_expression_attacks` runs them all.
"""

CODE = [
    "import os", "import os; os.system('id')", "from os import system", "exec('import os')", "eval('1')",
    "exec(open('x').read())", "compile('1', 'x', 'eval')", "__import__('os')", "__import__('os').system('id')",
    "__import__('subprocess').run(['id'])", "importlib.import_module('os')", "eval(input())", "breakpoint()",
    "print(1)", "input()", "help()", "exit()", "quit()", "del n", "assert False", "raise ValueError", "return 1",
    "pass", "global n", "nonlocal n", "x = 1", "x += 1", "x: int = 1", "def f(): pass", "class A: pass",
    "with open('x') as f: pass", "for x in ways: x", "while True: pass", "try: n", "if yes: n", "n; m", "n\nm",
    "match n: case 1: n", "async def f(): pass", "type X = int", "@n", "lambda: n", "lambda x: x", "(lambda: n)()",
    "(lambda f: f(f))(lambda f: f(f))", "(yield)", "(yield n)", "yield from ways", "await n", "(n := 3)",
    "[n := 3]", "count(n := ways)", "print", "*ways", "**client", "n if yes", "...", "n is m",
]  # fmt: skip
BUILTINS = [
    f"{name}({argument})"
    for name, argument in [
        ("open", "'/etc/passwd'"), ("open", "'canary', 'w'"), ("getattr", "text, 'upper'"), ("setattr", "n, 'a', 1"),
        ("delattr", "n, 'a'"), ("hasattr", "n, 'real'"), ("vars", ""), ("globals", ""), ("locals", ""), ("dir", ""),
        ("type", "n"), ("object", ""), ("super", ""), ("str", "n"), ("int", "text"), ("float", "text"),
        ("bytes", "9999999999"), ("bytearray", "9999999999"), ("list", "ways"), ("dict", ""), ("set", "ways"),
        ("tuple", "ways"), ("range", "999999999999"), ("map", "lower, ways"), ("filter", "lower, ways"),
        ("zip", "ways, ways"), ("sorted", "ways"), ("iter", "ways"), ("next", "ways"), ("callable", "n"),
        ("isinstance", "n, n"), ("memoryview", "text"), ("format", "n, text"), ("repr", "n"), ("ascii", "n"),
        ("chr", "65"), ("ord", "text"), ("hash", "n"), ("id", "n"), ("pow", "9, 999999999"), ("divmod", "n, m"),
        ("enumerate", "ways"), ("reversed", "ways"), ("slice", "1"), ("property", "n"), ("classmethod", "n"),
        ("staticmethod", "n"), ("eval", "text"), ("exec", "text"), ("__build_class__", "n, text"), ("any", "ways"),
        ("all", "ways"), ("complex", "1"), ("frozenset", "ways"), ("bool", "n"), ("bin", "n"), ("hex", "n"),
        ("oct", "n"), ("aiter", "ways"), ("anext", "ways"), ("copyright", ""), ("license", ""),
    ]
]  # fmt: skip
DUNDERS = [
    f"{value}.{name}"
    for value in ("n", "text", "ways", "client", "None", "[]", "''", "yes", "price", "count(ways)", "[1][0]")
    for name in ("__class__", "__dict__", "__doc__", "__init__.__globals__", "__class__.__mro__[1]")
] + [
    "().__class__.__bases__[0].__subclasses__()", "''.__class__.__mro__[1].__subclasses__()[40]('x').read()",
    "[].__class__.__base__.__subclasses__()", "n.__class__.__class__", "count.__globals__", "count.__closure__",
    "lower.__code__", "lower.__func__", "min.__self__", "has.__call__", "text['__class__']", "client['__class__']",
    "client.__getitem__('age')", "ways.__len__()", "text.__add__('x')", "n.__add__(1)", "__builtins__", "__name__",
    "__file__", "__loader__", "__spec__", "__debug__", "__class__", "_", "__", "_n", "client._age", "client.__age",
    "(client).__class__", "(n).__class__", "rows[0].__class__", "[n].__class__", "(n if yes else m).__class__",
]  # fmt: skip
ATTRIBUTES = [
    "n.real", "n.imag", "n.numerator", "n.bit_length()", "n.to_bytes(9)", "text.upper", "text.upper()", "text.format(n)",
    "text.format_map(client)", "text.join(ways)", "text.encode()", "text.replace('o', 'x')", "text.split('_')",
    "text.center(999999999)", "text.ljust(10)", "text.zfill(9)", "text.translate(client)", "text.isdigit()",
    "ways.append(1)", "ways.clear()", "ways.sort()", "ways.pop()", "ways.copy()", "ways.index", "client.keys()",
    "client.items()", "client.get('age')", "client.pop('age')", "client.update(client)", "client.clear()",
    "yes.real", "price.real", "price.as_integer_ratio()", "price.quantize(n)", "None.x", "[1].copy()", "'a'.upper()",
    "date(day1).year", "date(day1).replace(year=1)", "date(day1).strftime('%Y')", "date(day1).today()",
    "moment(when).tzinfo", "moment(when).astimezone()", "duration('P2D').span", "duration('P2D').months",
    "duration('P2D').__str__()", "count.x", "lower.x(1)", "text[0]", "text[0:2]", "text[-1]", "ways[-1]",
    "ways['a']", "ways[yes]", "ways[1.0 + 0.5]", "ways[None]", "client[0]", "client[None]", "client[ways]", "n[0]",
]  # fmt: skip
FORMATS = [
    "f'{n}'", "f'{n!r}'", "f'{n:>999999999}'", "f'{__import__(\"os\")}'", "f'{n.__class__}'", "rf'{n}'", "fr'{n}'",
    "'{0.__class__}'.format(n)", "'%s' % n", "'%999999999d' % n", "'%(a)s' % client", "'{}'.format(n)",
    "text % n", "'a' % ways", "f''", "F'{n}'", "'{' + text + '}'", "f'{f\"{n}\"}'", "t'{n}'", "b'bytes'", "rb'x'",
]  # fmt: skip
BOMBS = [
    "'a' * 999999999", "999999999 * 'a'", "[0] * 999999999", "999999999 * [0]", "ways * 9", "text * 9", "text + text",
    "[1] + [2]", "9 ** 9", "9 ** 9 ** 9 ** 9", "2 ** 999999999", "1 << 999999999", "n << m", "n >> 1", "~n", "n ^ m",
    "n | m", "n & m", "n % m", "n // m", "n @ m", "9223372036854775807 * 9223372036854775807",
    "9223372036854775807 + 1", "-9223372036854775807 - 9", "99999999999999999999999999", "1e999", "1e5", "9.9e99",
    "0.0000000000000001 * 1e300", "1 / 0", "n / 0", "price / 0", "0 / 0", "1 / (n - n)", "huge * huge", "huge + 1", "-huge",
    "round(price, 999999999)", "round(price, -5)", "round(price, 13)", "number('9' * 9)", "number('1e999999999')",
    "number('99999999999999999999')", "number('nan')", "number('inf')", "number('-inf')", "number('1_000')",
    "number('٣')", "number('')", "number('-')", "number('.')", "number('1.')", "number(long)", "sum([huge, huge])",
    "max(huge * 2, 1)", "lower(long)", "upper(long)", "trim(long)", "contains(long, 'a')", "'a' in long",
    "starts_with(long, 'a')", "count(many)", "sum(many)", "min(many)", "1 in many", "contains(many, 1)",
    "contains_any(many, many)", "contains_all(many, many)", "deep == deep", "deep in [deep]", "bush == bush", "bush",
    "deep", "many", "nan", "infinite", "nan == nan", "nan < 1", "infinite + 1",
    "add_days(day1, 999999999)", "add_days(day1, 9223372036854775807)", "add_days(day1, -9999999)",
    "add_months(day1, 9223372036854775807)", "add_months(day1, -99999)", "duration('P9999Y') * 9223372036854775807",
    "date('9999-12-31') + duration('P1D')", "date('0001-01-01') - duration('P1D')", "duration('P999999D') * 99999999",
    "duration('P99999999999999Y')", "duration('P')", "duration('PT')", "duration('P1S')", "duration('1D')",
    "date('2026-02-30')", "date('2026-13-01')", "date('20261121')", "date('2026-W10-1')", "date('')", "date(n)",
    "moment('2026-11-21T10:00:00')", "moment('2026-11-21')", "moment('now')", "date('2026-11-21T10:00:00')",
    "business_days_between('0001-01-01', '9999-12-31')", "add_business_days(day1, 9223372036854775807)",
    "add_business_days(day1, -999999)", "is_business_day(text)", "weekday('a')", "date(day1) + 1", "date(day1) < 1",
    "date(day1) < day1", "date(day1) == day1", "duration('P1M') < duration('P30D')", "date(day1) + duration('PT1H')",
    "moment(when) - date(day1)", "date(day1) * 2", "duration('P1D') * 1.5", "-date(day1)", "duration('P1M') - 1",
    "duration('P1M') - duration('P1D')", "today(1)", "now(n)", "min(date(day1), moment(when))", "max([])", "min([[]])",
]  # fmt: skip
NESTING = [
    "(" * 31 + "n" + ")" * 31, "(" * 199 + "n" + ")" * 199, "[" * 31 + "]" * 31, "[" * 400 + "]" * 400, "(" * 900,
    "[" * 900, "{" * 900, "((" * 40 + "n", "not " * 31 + "yes", "not " * 240 + "yes", "-" * 31 + "n", "-" * 900 + "n",
    "~" * 900 + "n", "+" * 900 + "n", "lower(" * 31 + "text" + ")" * 31, "has(" * 50 + "n" + ")" * 50, "n" + "[0]" * 31,
    "n" + ".a" * 31, "n" + ".a" * 400, "n" + "()" * 300, "n" + "[" * 200 + "]" * 200, "a if b else " * 60 + "c",
    "n if (" * 60, "lambda:" * 100 + "n", "[x for x in " * 30, "f(" * 300, "n[" * 300, "a." * 400, "{a:" * 200,
    " and ".join(["yes"] * 201), " or ".join(["no"] * 240), "+".join(["n"] * 110), "<".join(["n"] * 220),
    "*".join(["9"] * 400), "[" + ",".join(["1"] * 400) + "]", "min(" + ",".join(["1"] * 300) + ")", "==" * 300,
    "not in " * 100, "(yes and " * 40 + "yes" + ")" * 40, "`" * 900, "@" * 900, "'" * 901, '"' * 901, "'''" * 200,
]  # fmt: skip
LENGTH = [
    "", " ", "\n", "\t\t", "n" * 1001, "'" + "a" * 1000 + "'", " " * 1001, "n" + " " * 1001, "n == 3" + "\n" * 1000,
    "9" * 999, "0." + "9" * 900, "9" * 500 + "." + "9" * 400, "a" * 999 + "(", "'" + "é" * 1000 + "'", "\ufffd" * 500,
]  # fmt: skip
LOOKALIKES = [
    "ｅval('1')", "ｅxec('1')", "__ｃlass__", "n.__ｃlass__", "＿＿class＿＿", "n.＿＿class＿＿", "client.＿age", "ｎ == 3",
    "_\uff5f", "ℕ == 3", "𝐧 == 3", "𝓷 == 3", "ⁿ == 3", "n² == 9", "ﬁeld == 3", "ªge == 3", "n＝＝3", "n ＝ 3", "（n）",
    "ｌower(text)", "ｃount(ways)", "client.ａge", "client.𝒶ge", "clienｔ.age", "n\u00a0== 3", "n\u2003== 3", "n\u200b",
    "n\u200d == 3", "\u202en == 3", "\ufeffn", "n == \u0663", "n == ３", "n == ①", "n\u0301\u200c", "not\u00a0yes",
    "n\u2028== 3", "n\u2029", "n\x0b== 3", "n\x0c== 3", "n\x1f", "n\x7f", "n\x85== 3", "n \u2212 1", "n \u2013 1",
    "n \u00d7 2", "n \u00f7 2", "“opt_in”", "‘opt_in’", "text == ′opt_in′", "n\ufe0f == 3", "\u0435val('1')",
    "\u0441ount(ways)",
    "l\u043ewer(text)", "\U000e0061", "text == 'a\u202eb'", "'\u200b'", "'\ue000'", "'\x00'", "n\x00", "\x00", "n == 3\x00",
    "'\x1b[31m'", "\ud800", "'\udfff'", "n\\", "'\\x41'", "'\\u0041'", "'\\N{DIGIT ONE}'", "\\", "n \\\n == 3",
]  # fmt: skip
SYNTAX = [
    "{}", "{1}", "{'a': 1}", "{**client}", "{*ways}", "(1, 2)", "()", "1,", "n,", "[*ways]", "[x for x in ways]",
    "(x for x in ways)", "{x for x in ways}", "{x: x for x in ways}", "[x async for x in ways]", "ways[0:1]", "ways[:]",
    "ways[::2]", "ways[0, 1]", "ways[...]", "client[*ways]", "count(*ways)", "count(**client)", "min(*[1, 2])",
    "min(n, key=m)", "min(n, default=1)", "lower(value=text)", "date(day1, *ways)", "count(x for x in ways)", "count()()",
    "(count)(ways)()", "[count][0](ways)", "(count if yes else count)(ways)", "client.age()", "client['age']()",
    "'count'(ways)", "1(n)", "None()", "has()", "has(n, m)", "has('n')", "has(n + 1)", "has(has(n))", "has(_n)",
    "has(n.__class__)", "has(*ways)", "has(n=1)", "has(lower)(n)", "has(count())", "has([n])", "has(n)(m)", "+n",
    "n is None", "n is not None", "n <> 3", "n = 3", "n === 3", "n !== 3", "!yes", "yes && no", "yes || no", "n++",
    "n--", "n ? 1 : 2", "n == 3;", "n # note", "n == 3 # and\nno", "# n", "$n", "${n}", "#{n}", "`n`", "n -> m",
    "n => 3", "a b", "n m", "'a' 'b'", "'a'\"b\"", "['a' 'b']", "'''n'''", '"""n"""', "''''", "r'n'", "u'n'", "R'n'",
    "text == 'opt", "text == opt'", "'", '"', "n == 0x10", "n == 0b11", "n == 0o7", "n == 1_0", "n == .5", "n == 5.",
    "n == 1j", "n == 1.5j", "n == 1l", "n == 01", "n == 3and yes", "3if yes else 4", "0in ways", "1.5.2", "1..real",
    "1.real", "1 .real", "5..__class__", "True.real", "True()", "None.__class__", "True = 1", "print >> n", "exec 'n'",
    "n if", "if n", "else", "not", "and", "in", "in ways", "n in", "n not", "n not ways", "(", ")", "[", "]", "}", ",", ".",
    ":", ":=", "==", "->", "lambda", "n..a", "n.[0]", "n.(a)", ".n", "n.", "n.1", "min(,)", "min(1,,2)", "[,]", "[1,,2]",
]  # fmt: skip
OBJECTS = [
    "evil", "evil == 1", "1 == evil", "evil != 1", "evil == evil", "evil in [1]", "1 in [evil]", "evil < 1", "1 < evil",
    "evil + 1", "1 + evil", "evil * 2", "-evil", "not evil", "evil and yes", "yes and evil", "evil or no", "evil.a",
    "evil[0]", "evil['a']", "evil()", "count(evil)", "length(evil)", "lower(evil)", "contains(evil, 1)",
    "evil if yes else 1",
    "1 if evil else 2", "min(evil, 1)", "sum([evil])", "[evil]", "n == 3 == evil", "n < evil < 9", "0 < n < evil",
    "date(evil)",
    "number(evil)", "contains([evil], 1)", "contains_any([evil], [1])", "is_empty(evil)", "holder", "holder[0]",
    "holder == [1]",
    "[1] == holder", "1 in holder", "sum(holder)", "keyed", "keyed.a", "keyed == keyed", "liar", "liar == 'a'",
    "'a' == liar",
    "lower(liar)", "liar in ['a']", "'a' in liar", "contains(liar, 'a')", "liar + 1", "number_like", "number_like == 1",
    "number_like + 1", "listlike[0]", "count(listlike)", "1 in listlike", "dictlike.a", "blob", "blob == 'a'", "a_set",
    "1 in a_set", "a_type", "a_type()", "a_function()", "a_function(1)", "a_module.system('id')", "a_module.path",
    "naive", "naive < now()", "a_complex", "a_generator", "1 in a_generator", "weird_keys", "weird_keys.a == weird_keys",
]  # fmt: skip

GROUPS = {
    "code": CODE, "builtins": BUILTINS, "dunders": DUNDERS, "attributes": ATTRIBUTES, "formats": FORMATS, "bombs": BOMBS,
    "nesting": NESTING, "length": LENGTH, "lookalikes": LOOKALIKES, "syntax": SYNTAX, "objects": OBJECTS,
}  # fmt: skip
