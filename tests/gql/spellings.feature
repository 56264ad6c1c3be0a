Feature: the spellings of ISO GQL

  Scenario Outline: INSERT makes what CREATE makes
    Given an empty graph
    When executing query:
      """
      <query>
      """
    Then the state should be <state>

    Examples:
      | query | state |
      | INSERT (:A) | 1 nodes and 0 relationships |
      | INSERT (:A)-[:R]->(:B) | 2 nodes and 1 relationships |
      | INSERT (a:A), (a)-[:R]->(a) | 1 nodes and 1 relationships |
      | INSERT (:A)<-[:R {x: 1}]-(:B)-[:S]->(:C) | 3 nodes and 2 relationships |
      | INSERT (:A&B {x: 1}) | 1 nodes and 0 relationships |
      | CREATE (:A) FINISH | 1 nodes and 0 relationships |
      | UNWIND [1, 2] AS i CREATE ({i: i}) FINISH | 2 nodes and 0 relationships |
      | FOR i IN [1, 2, 3] INSERT ({i: i}) | 3 nodes and 0 relationships |

  Scenario Outline: FILTER, LET, FOR, OFFSET and standalone order
    Given an empty graph
    When executing query:
      """
      <query>
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | query | found |
      | FOR x IN [1, 2, 3] FILTER x > 1 RETURN collect(x) AS found | [2, 3] |
      | FOR x IN [1, 2, 3] FILTER WHERE x > 1 RETURN collect(x) AS found | [2, 3] |
      | FOR x IN [1, 2] LET y = x * 10 RETURN collect(y) AS found | [10, 20] |
      | LET a = 1, b = a + 1 RETURN [a, b] AS found | [1, 2] |
      | FOR x IN ['a', 'b'] WITH ORDINALITY n RETURN collect([x, n]) AS found | [['a', 1], ['b', 2]] |
      | FOR x IN ['a', 'b'] WITH OFFSET n RETURN collect([x, n]) AS found | [['a', 0], ['b', 1]] |
      | FOR x IN [] RETURN collect(x) AS found | [] |
      | FOR x IN null RETURN collect(x) AS found | [] |
      | FOR x IN [3, 1, 2] ORDER BY x LIMIT 2 RETURN collect(x) AS found | [1, 2] |
      | FOR x IN [3, 1, 2] ORDER BY x DESC OFFSET 1 RETURN collect(x) AS found | [2, 1] |
      | FOR x IN [3, 1, 2] WITH x ORDER BY x OFFSET 1 LIMIT 1 RETURN x AS found | 2 |
      | RETURN 'a' \|\| 'b' AS found | 'ab' |
      | RETURN [1] \|\| [2] AS found | [1, 2] |
      | RETURN CAST('7' AS INTEGER) AS found | 7 |
      | RETURN CAST(7 AS STRING) AS found | '7' |
      | RETURN CAST('1.5' AS FLOAT) AS found | 1.5 |
      | RETURN CAST('true' AS BOOLEAN) AS found | true |
      | RETURN CAST('2024-03-25' AS DATE) AS found | '2024-03-25' |
      | RETURN char_length('abc') AS found | 3 |
      | RETURN upper('a') + lower('B') AS found | 'Ab' |
      | RETURN nullif(1, 1) AS found | null |
      | RETURN coalesce(null, 2) AS found | 2 |
      | RETURN 'abc' =~ 'a.c' AS found | true |
      | RETURN 'abcd' =~ 'a.c' AS found | false |
      | RETURN COUNT { UNWIND [1, 2, 2] AS x RETURN x } AS found | 3 |
      | RETURN COUNT { UNWIND [1, 2, 2] AS x RETURN DISTINCT x } AS found | 2 |
      | RETURN COLLECT { UNWIND [3, 1] AS x RETURN x ORDER BY x } AS found | [1, 3] |
      | RETURN EXISTS { UNWIND [] AS x RETURN x } AS found | false |
      | UNWIND [1, 2] AS x CALL { WITH x RETURN x * 2 AS y } RETURN collect(y) AS found | [2, 4] |
      | UNWIND [1, 2] AS x CALL { WITH x UNWIND range(1, x) AS y RETURN count(y) AS n } RETURN collect(n) AS found | [1, 2] |
      | UNWIND [1, 2] AS x CALL { WITH x UNWIND [] AS y RETURN y } RETURN count(*) AS found | 0 |

  Scenario Outline: Subqueries over patterns
    Given an empty graph
    And having executed:
      """
      CREATE (a:A {n: 1}), (b:A {n: 2}), (c:A {n: 3}), (a)-[:R]->(b), (a)-[:R]->(c), (b)-[:S]->(c)
      """
    When executing query:
      """
      MATCH (x:A) <query>
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | query | found |
      | WHERE EXISTS { (x)-[:R]->() } RETURN collect(x.n) AS found | [1] |
      | WHERE NOT EXISTS { (x)-->() } RETURN collect(x.n) AS found | [3] |
      | WHERE EXISTS { MATCH (x)-->(y) WHERE y.n = 3 } RETURN collect(x.n) AS found | [1, 2] |
      | WHERE COUNT { (x)-->() } > 1 RETURN collect(x.n) AS found | [1] |
      | WHERE COUNT { (x)-[:R]->(y) WHERE y.n > 2 } = 1 RETURN collect(x.n) AS found | [1] |
      | RETURN [n IN collect([x.n, COUNT { (x)--() }]) \| n] AS found | [[1, 2], [2, 2], [3, 2]] |
      | WITH x ORDER BY x.n RETURN collect([(x)-->(y) \| y.n]) AS found | [[2, 3], [3], []] |
      | WITH x ORDER BY x.n RETURN collect(COLLECT { MATCH (x)-->(y) RETURN y.n ORDER BY y.n DESC }) AS found | [[3, 2], [3], []] |
      | WHERE (x)-[:S]->() RETURN collect(x.n) AS found | [2] |
      | WHERE all(y IN [(x)-->(z) \| z] WHERE y.n > 2) RETURN collect(x.n) AS found | [2, 3] |
      | CALL { WITH x MATCH (x)-->(y) RETURN max(y.n) AS best } RETURN collect(best) AS found | [3, 3] |
      | WITH x ORDER BY x.n WITH collect(x) AS xs RETURN [y IN xs WHERE EXISTS { (y)-->() } \| y.n] AS found | [1, 2] |

  Scenario Outline: A statement that fails changes nothing
    Given an empty graph
    And having executed:
      """
      CREATE (:A {n: 1})-[:R {x: 1}]->(:B {n: 2})
      """
    When executing query:
      """
      <query>
      """
    Then a <error>
    And the state should be 2 nodes and 1 relationships
    When executing control query:
      """
      MATCH (a:A)-[r]->(b) RETURN a, r, b
      """
    Then the result should be, in order:
      | a | r | b |
      | (:A {n: 1}) | [:R {x: 1}] | (:B {n: 2}) |

    Examples:
      | query | error |
      | UNWIND [1, 0] AS x CREATE (:N {n: 1 / x}) | ArithmeticError should be raised at runtime: DivisionByZero |
      | CREATE (:N) WITH 1 AS one UNWIND [1, 0] AS x RETURN 1 / x | ArithmeticError should be raised at runtime: DivisionByZero |
      | MATCH (a:A) SET a.n = 5 WITH a RETURN 1 / 0 | ArithmeticError should be raised at runtime: DivisionByZero |
      | MATCH (a:A) SET a:X:Y WITH a RETURN a.n / 0 | ArithmeticError should be raised at runtime: DivisionByZero |
      | MATCH (a:A) REMOVE a:A WITH a RETURN a.n / 0 | ArithmeticError should be raised at runtime: DivisionByZero |
      | MATCH ()-[r]->() SET r = {y: 2} WITH r RETURN r.y / 0 | ArithmeticError should be raised at runtime: DivisionByZero |
      | MATCH ()-[r]->() DELETE r WITH 1 AS one RETURN one / 0 | ArithmeticError should be raised at runtime: DivisionByZero |
      | MATCH (a) DETACH DELETE a WITH 1 AS one RETURN one / 0 | ArithmeticError should be raised at runtime: DivisionByZero |
      | MATCH (a:A) DELETE a | ConstraintVerificationFailed should be raised at runtime: DeleteConnectedNode |
      | MERGE (x:A {n: 9}) ON CREATE SET x.m = [[1]] | TypeError should be raised at runtime: InvalidPropertyType |
      | CREATE (:Z {m: {a: 1}}) | TypeError should be raised at runtime: InvalidPropertyType |
      | MATCH (a:A), (b:B) CREATE (b)-[:NEW]->(a) WITH a RETURN toInteger([]) | SyntaxError should be raised at compile time: InvalidArgumentType |

  Scenario: A property that was set twice is back where it was
    Given an empty graph
    And having executed:
      """
      CREATE (:A {n: 1})
      """
    When executing query:
      """
      MATCH (a:A) SET a.n = 2 SET a.n = 3 SET a.m = 4 WITH a RETURN a.n / 0
      """
    Then a ArithmeticError should be raised at runtime: DivisionByZero
    When executing control query:
      """
      MATCH (a) RETURN properties(a) AS found
      """
    Then the result should be, in order:
      | found |
      | {n: 1} |

  Scenario: MERGE sees what it made for an earlier row
    Given an empty graph
    When executing query:
      """
      UNWIND ['x', 'y', 'x'] AS name MERGE (n:N {name: name}) ON CREATE SET n.made = true ON MATCH SET n.found = true RETURN n.name AS name, n.found AS found ORDER BY name
      """
    Then the result should be, in order:
      | name | found |
      | 'x' | true |
      | 'x' | true |
      | 'y' | null |
    And the state should be 2 nodes and 0 relationships

  Scenario Outline: An order speaks of what was projected
    Given an empty graph
    And having executed:
      """
      UNWIND [3, 1, 2] AS x CREATE ({n: x})
      """
    When executing query:
      """
      MATCH (n) <query>
      """
    Then the result should be, in order:
      | n |
      | <a> |
      | <b> |
      | <c> |

    Examples:
      | query | a | b | c |
      | RETURN n.n AS n ORDER BY n.n | 1 | 2 | 3 |
      | RETURN n.n AS n ORDER BY n | 1 | 2 | 3 |
      | RETURN n.n AS n ORDER BY -n | 3 | 2 | 1 |
      | WITH n.n AS n, count(*) AS c ORDER BY c, n DESC RETURN n | 3 | 2 | 1 |
      | WITH DISTINCT n.n AS n ORDER BY n RETURN n | 1 | 2 | 3 |
