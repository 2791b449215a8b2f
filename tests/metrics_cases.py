"""metrics_cases.py - snippets that were counted by hand, for metrics.py --self-test."""
import pathlib
import tempfile

import cpp_reader
import metrics

# Text, lines of code, branches.
COUNTED = [
    ("", 0, 0),
    ("int a;\n\n// if (a)\n/* for\n while */ int b;\n", 2, 0),
    ('auto a = "if // &&";\nchar b = \'"\';  // ?\nchar c = \'\\\'\';\n', 3, 0),
    ('auto a = R"x(if )"\n\n ? case)x";\nint b = 1\'000;\n', 3, 0),
    ("if (a && b || c) d = e ? f : g;\n", 1, 4),
    ("for (;;) while (a) switch (b) { case 1: break; default: break; }\n", 1, 3),
    ("try { a(); } catch (const B& c) { }\ndo a(); while (b);\n", 2, 2),
    ("A(A&& a);\nvoid f(auto&& a, T&&... b);\nint g() &&;\nint h() const && { return 1; }\n", 4, 0),
    ("int a = 1'000; if (b) c = 'd';\n", 1, 1),
    ("bool f() { return a &&\n    b && !c; }\n", 2, 2),
    ("#include <if>\n#define F(a) \\\n    if (a) return b ? c : d\nF(1);\n", 4, 2),
]

# Text, its functions with their lines.
FUNCTIONS = [
    ("int f();\nint x = 1;\nint y{2};\nusing A = int (*)(int);\n", []),
    ("namespace a {\n\nint f(int b)\n{\n    return b;\n}\n}\n", [("f", 4)]),
    ("inline namespace a { namespace b::c { int f() { return 1; } } }\n", [("f", 1)]),
    ('extern "C" {\nvoid f(void) {\n}\n}\n', [("f", 2)]),
    ("template <typename T, int N = (1 > 2)>\nT g(T a = {}) {\n    return a;\n}\n", [("g", 4)]),
    ("A::A(int a) : b_{a}, c_(a), d_<int>{} {\n    e();\n}\nA::~A() {}\n",
     [("A::A", 3), ("A::~A", 1)]),
    ("bool operator==(A a, A b) { return c; }\nbool B::operator()(int a) const {\n}\n",
     [("operator ==", 1), ("operator ( )", 2)]),
    ("std::vector<std::function<void(int)>> k{1};\nstd::map<int, int> m = {{1, f(2)}};\n"
     "int h() { return 1; }\n", [("h", 1)]),
    ("void f() {\n    auto g = [&](int a) {\n        return a;\n    };\n"
     "    struct B { int c() { return 1; } };\n}\n", [("f", 6)]),
    ("class A {\npublic:\n    int f() const { return a_; }\nprivate:\n    struct B {\n"
     "        void g() {\n        }\n    } b_;\n    int a_ = 0;\n};\n", [("f", 1), ("g", 2)]),
    ("enum class A : int { a, b };\nstatic_assert(sizeof(int) == 4);\nA f() { return A::a; }\n",
     [("f", 1)]),
    ("Test(a, b) {\n    if (c) { d(\"}\"); }\n}\n", [("Test(a,b)", 3)]),
    ("std::vector<std::vector<int>> f() {\n    return {};\n}\n", [("f", 3)]),
    ("const char* f() noexcept(true) { return \"{\"; }\nalignas(8) int a{1};\n", [("f", 1)]),
]

# Text of a header, its functions: name, "can" or "cannot" fail, whether the comment says Errors.
HEADERS = [
    ("// Errors: io.\nResult<int> f(int a);\n\nint g();\n",
     [("f", "can", True), ("g", "can", False)]),
    ("// Both. Errors: none.\nint f();\nint g();\n\nint h();\n",
     [("f", "can", True), ("g", "can", True), ("h", "can", False)]),
    ("// Errors: none.\n\nint f();\n", [("f", "can", False)]),
    ("// Errors: none.\nusing A = int;\nint f();\n// Other.\nint g();\n",
     [("f", "can", True), ("g", "can", False)]),
    ("// Errors: none.\nclass A {\npublic:\n    explicit A(int a) : a_(a) {}\n"
     "    A(const A&) = delete;\n    ~A();\n    int f() const { return a_; }\n"
     "    int g();  // Errors: none.\nprivate:\n    int h();\n    struct B { int i(); };\n};\n",
     [("A", "cannot", False), ("~A", "cannot", False), ("f", "cannot", False),
      ("g", "can", False)]),
    ("struct A {\n    // Errors: io.\n    Result<int> f() { return g(); }\n"
     "    A& operator=(A&& a) noexcept;\n"
     "    friend bool operator==(const A&, const A&) = default;\n"
     "    std::function<int(int)> b{};\n};\n",
     [("f", "can", True), ("operator =", "cannot", True)]),
    ("class A {\n    int f();\n};\nextern void (*g)(int);\nint h();\n", [("h", "can", False)]),
    ("// Errors: none.\ntemplate <typename T>\nvoid f(T a) {\n    b(a);\n    c(a);\n}\n"
     "#define D(a) a()\n", [("f", "can", True)]),
]


def header_functions(text):
    return [(item.name, "cannot" if metrics.cannot_fail(item) else "can", "Errors:" in item.doc)
            for item in cpp_reader.items_of(text) if metrics.is_counted(item)]


def whole_tree():
    """The rows of a small tree."""
    files = {
        "pam_revoke/base/a.cpp": "int a() {\n    return b ? 1 : 2;\n}\n",
        "include/revoke/base/a.hpp":
            "// Errors: none.\nint a();\nint b(int c_sec);\n\nint d(int e_bytes);\n",
        "include/revoke/b.hpp": "int c;\n",
        "tests/unit/a.cpp": "void t() {}\n",
        "tests/run": "#!/bin/sh\n\t" + "x" * 97 + "\n",
        "tests/a.py": "x" * 100 + "\n" + "\u00e4" * 101 + "\n",
        "Makefile": "all:\n\ttrue\n",
        "README.md": "x" * 200 + "\n",
    }
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        return metrics.Tree(root, sorted(files)).rows


PERCENTILES = [([], [0, 0, 0]), ([3], [3, 3, 3]), (list(range(1, 11)), [5, 9, 10]),
               ([4, 1, 2, 3], [2, 4, 4]), (list(range(100)), [49, 89, 99])]
ROWS = {
    "room base": "2 files, 8 lines, 6 code, 0.167 branches",
    "room include": "1 files, 1 lines, 1 code, 0.000 branches",
    "product": "3 files, 9 lines, 7 code, 0.143 branches",
    "C++ of tests": "1 files, 1 lines, 1 code, 0.000 branches",
    "functions": "1, lines p50 3, p90 3, max 3",
    "test functions": "1, lines p50 1, p90 1, max 1",
    "C++ lines over 100 columns": "0",
    "shell lines over 100 columns": "1",
    "python lines over 100 columns": "1",
    "Makefile": "2 lines, the longest 8 columns",
    "header functions": "3, 0 cannot fail",
    "header functions with Errors": "2 of 3, 66.7 %",
    "header functions with Units where they apply": "0 of 2, 0.0 %",
}


def run():
    """Prints what is not as counted, and how many were; returns the exit status."""
    checks = []
    for text, code, branches in COUNTED:
        tokens = cpp_reader.lex(text)
        found = (len(cpp_reader.code_lines(tokens)), cpp_reader.branches(tokens))
        checks.append((text, found, (code, branches)))
    for text, functions in FUNCTIONS:
        found = [(item.name, item.end - item.start + 1)
                 for item in cpp_reader.items_of(text) if item.body is not None]
        checks.append((text, found, functions))
    checks += [(text, header_functions(text), functions) for text, functions in HEADERS]
    rows = whole_tree()
    checks += [(label, rows.get(label), value) for label, value in ROWS.items()]
    checks += [(str(values), [metrics.percentile(values, p) for p in (50, 90, 100)], wanted)
               for values, wanted in PERCENTILES]
    for text in ("int f() {\n", "class A {\n", "}\nint a;\n"):
        try:
            checks.append((text, cpp_reader.items_of(text), "an error"))
        except ValueError:
            checks.append((text, "an error", "an error"))
    failed = [check for check in checks if check[1] != check[2]]
    for text, found, wanted in failed:
        print(f"not ok: {text!r}: {found}, not {wanted}")
    print(f"{len(checks) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0
