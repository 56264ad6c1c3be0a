Feature: label expressions

  Scenario Outline: Nodes by label expression
    Given an empty graph
    And having executed:
      """
      CREATE (:A {n: 1}), (:B {n: 2}), (:A:B {n: 3}), (:A:B:C {n: 4}), ({n: 5})
      """
    When executing query:
      """
      MATCH (x <labels>) RETURN collect(x.n) AS found
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | labels | found |
      | :A | [1, 3, 4] |
      | :A&B | [3, 4] |
      | :A:B | [3, 4] |
      | :A\|B | [1, 2, 3, 4] |
      | :A\|C | [1, 3, 4] |
      | :!A | [2, 5] |
      | :!A&!B | [5] |
      | :A&!C | [1, 3] |
      | :(A\|B)&!C | [1, 2, 3] |
      | :% | [1, 2, 3, 4] |
      | :!% | [5] |
      | :A&(B\|C) | [3, 4] |
      | :!(A&B) | [1, 2, 5] |
      | IS A | [1, 3, 4] |
      | IS A&B | [3, 4] |
      | IS A\|B | [1, 2, 3, 4] |
      | :D | [] |
      | :!D | [1, 2, 3, 4, 5] |

  Scenario Outline: Label tests as conditions
    Given an empty graph
    And having executed:
      """
      CREATE (:A {n: 1}), (:B {n: 2}), (:A:B {n: 3})
      """
    When executing query:
      """
      MATCH (x) WHERE <test> RETURN collect(x.n) AS found
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | test | found |
      | x:A | [1, 3] |
      | x:A&B | [3] |
      | x IS LABELED A | [1, 3] |
      | x IS NOT LABELED A | [2] |
      | NOT x:A | [2] |
      | x:!B | [1] |
      | x:A OR x:B | [1, 2, 3] |

  Scenario Outline: Relationships by type expression
    Given an empty graph
    And having executed:
      """
      CREATE (a), (b), (a)-[:R {n: 1}]->(b), (a)-[:S {n: 2}]->(b), (a)-[:T {n: 3}]->(b)
      """
    When executing query:
      """
      MATCH ()-[r<types>]->() RETURN collect(r.n) AS found
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | types | found |
      | :R | [1] |
      | :R\|S | [1, 2] |
      | :R\|:S | [1, 2] |
      | :!R | [2, 3] |
      | :!R&!S | [3] |
      | :% | [1, 2, 3] |
      | :R&S | [] |
      | :X | [] |
      | :X\|T | [3] |

  Scenario Outline: Case matters between labels of a query
    Given an empty graph
    And having executed:
      """
      CREATE (:Foo {n: 1}), (:foo {n: 2}), (:FOO {n: 3}), (:Foo)-[:REL {n: 4}]->(:foo)-[:rel {n: 5}]->(:Foo)
      """
    When executing query:
      """
      MATCH <pattern> WHERE x.n IS NOT NULL RETURN collect(x.n) AS found
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | pattern | found |
      | (x:Foo) | [1] |
      | (x:foo) | [2] |
      | (x:FOO) | [3] |
      | ()-[x:REL]->() | [4] |
      | ()-[x:rel]->() | [5] |
