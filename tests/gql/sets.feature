Feature: What is counted without its rows

  Scenario Outline: Chains, circles and trees of claims that come twice, loops among them
    Given an empty graph
    And having executed:
      """
      CREATE (a:A {n: 1}), (b:B {n: 2}), (c:C {n: 3}), (d:B {n: 2}),
             (a)-[:R {w: 1}]->(b), (a)-[:R {w: 2}]->(b), (b)-[:R]->(c), (c)-[:R]->(a), (c)-[:R]->(a),
             (a)-[:S]->(b), (b)-[:S]->(a), (a)-[:S]->(a), (d)-[:S]->(b), (d)-[:R]->(c), (d)-[:T]->(d)
      """
    When executing query:
      """
      <query>
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | query | found |
      | MATCH (x)-[:R]->(y) RETURN count(*) AS found | 6 |
      | MATCH (x)-[:R]->(y)-[:S]->(z) RETURN count(*) AS found | 6 |
      | MATCH (x)-[:R]->(y)-[:R]->(z)-[:R]->(x) RETURN count(*) AS found | 12 |
      | MATCH (x)-[:R]->(y)-[:S]->(x) RETURN count(*) AS found | 2 |
      | MATCH (x:A)-[:R]->(y)-[:R]->(z)-[:R]->(x) RETURN count(*) AS found | 4 |
      | MATCH (x)-[:R]->(y:B)-[:S]->(z)-[:T]->(x) RETURN count(*) AS found | 0 |
      | MATCH (x)<-[:R]-(y)-[:S]->(z) RETURN count(*) AS found | 6 |
      | MATCH (x)-[:S]-(y)-[:T]-(x) RETURN count(*) AS found | 0 |
      | MATCH (x)-[:S]-(y) RETURN count(*) AS found | 7 |
      | MATCH (x)-[:S]->(x) RETURN count(*) AS found | 1 |
      | MATCH (x)-[:R\|S]->(y)-[:T]->(z) RETURN count(*) AS found | 0 |
      | MATCH (x)-[:R]->(y) RETURN count(DISTINCT x) AS found | 4 |
      | MATCH (x)-[:R]->(y)-[:R]->(z) RETURN count(DISTINCT x) AS found | 4 |
      | MATCH (x)-[:R]->(c:C) MATCH (x)-[:S]->(b:B {n: 2}) RETURN count(DISTINCT x) AS found | 1 |
      | MATCH (p {n: 1})<-[:R]-(x)<-[:R]-(q {n: 2}) RETURN count(DISTINCT x) AS found | 1 |
      | MATCH (p {n: 1})-[:R]->(x)<-[:R]-(q) RETURN count(DISTINCT x) AS found | 1 |
      | MATCH (p {n: 3})-[:R]->(x)<-[:R]-(q {n: 3}) RETURN count(DISTINCT x) AS found | 1 |
      | MATCH (p {n: 2})-[:R]->(x)<-[:R]-(q {n: 2}) RETURN count(DISTINCT x) AS found | 1 |
      | MATCH (x)-[r:R]->(y) RETURN max(y.n) AS found | 3 |
      | MATCH (x)-[r:R]->(y) RETURN sum(y.n) AS found | 12 |
      | MATCH (x)-[r:R]->(y) RETURN count(DISTINCT r) AS found | 6 |
      | MATCH (x)-[r:R]->(y:B) RETURN collect(r.w) AS found | [1, 2] |
      | MATCH (x {n: 2.0}) RETURN count(x) AS found | 2 |
      | MATCH (x) WHERE x.n = 2 AND x:B RETURN count(x) AS found | 2 |
      | MATCH (x {n: 2}) SET x.n = 9 WITH count(*) AS c MATCH (y {n: 9}) RETURN count(y) AS found | 2 |
      | MATCH (x {n: 1}) REMOVE x.n WITH x MATCH (y {n: 1}) RETURN count(y) AS found | 0 |
      | CREATE (:New {n: 77}) WITH 1 AS one MATCH (y {n: 77}) RETURN count(y) AS found | 1 |

  Scenario Outline: Fields of claims that are decided by code
    Given the founding case
    When executing query:
      """
      <query>
      """
    Then the result should be, in order:
      | found |
      | <found> |

    Examples:
      | query | found |
      | MATCH ()-[c:targeted]->() WHERE c.from.year = 2021 RETURN count(DISTINCT c) > 0 AS found | true |
      | MATCH ()-[c]->() WHERE c.from.year = 2021 AND c.likelihood >= 90 RETURN count(c) = COUNT { MATCH ()-[d]->() WITH d, d.from.year AS y, d.likelihood AS l WHERE y = 2021 AND l >= 90 RETURN d } AS found | true |
      | MATCH ()-[c]->() WHERE c.from IS NULL RETURN count(c) = COUNT { MATCH ()-[d]->() WITH d.from AS f WHERE f IS NULL RETURN f } AS found | true |
      | MATCH ()-[c]->() WHERE c.term IN ['almost certain'] RETURN count(c) > 0 AS found | true |
      | MATCH ()-[c]->() WHERE NOT c.likelihood < 50 OR c.term = 'likely' RETURN count(c) = COUNT { MATCH ()-[d]->() WITH d.likelihood AS l, d.term AS t WHERE NOT l < 50 OR t = 'likely' RETURN l } AS found | true |
      | MATCH ()-[c]->() WITH c.from.year AS y, count(*) AS n RETURN sum(n) = COUNT { ()-[]->() } AS found | true |
      | MATCH ()-[c]->() WITH c.from.year AS y, avg(c.likelihood) AS m, max(c.likelihood) AS x, min(c.term) AS t, sum(c.likelihood) AS s, count(c.likelihood) AS n WHERE n > 0 RETURN all(v IN collect(abs(s - m * n) < 0.001 AND x >= m) WHERE v) AS found | true |
      | INCLUDING DENIED MATCH ()-[c]->() WHERE c.polarity = 'denied' AND c.from IS NULL RETURN count(c) > 0 AS found | true |
      | MATCH (x)-[c:targeted]->(y) WHERE c.likelihood = 'high' RETURN count(*) AS found | 0 |

  Scenario: Claims that are alike are counted together, under a filter as well
    Given the founding case
    When executing query:
      """
      MATCH ()-[c]->() WHERE c.likelihood > 60
      RETURN c.from.year AS y, count(*) AS n, max(c.term) AS t, count(DISTINCT c.likelihood) AS d
      ORDER BY n DESC, y LIMIT 4
      """
    Then the result should be, in order:
      | y | n | t | d |
      | 2021 | 6 | 'likely' | 3 |

  Scenario: Claims that are alike, their fields handed on by other names
    Given the founding case
    When executing query:
      """
      MATCH ()-[c:targeted]->() WITH c.likelihood AS l, c.from.year AS y
      WITH y AS year, l AS low, l AS high
      RETURN year, min(low) AS a, sum(high) AS s, count(low) AS n, count(*) AS rows ORDER BY year
      """
    Then the result should be, in order:
      | year | a | s | n | rows |
      | 2021 | 97.5 | 195.0 | 2 | 4 |
      | null | null | 0 | 0 | 8 |

  Scenario: Claims of a pair of groups, some deleted by the statement itself
    Given an empty graph
    And having executed:
      """
      UNWIND range(1, 6) AS n CREATE (:A {n: n})-[:R {w: n % 2}]->(:B)
      """
    When executing query:
      """
      MATCH (a)-[c:R]->() WHERE a.n > 4 DELETE c
      WITH count(*) AS gone
      MATCH ()-[c:R]->() RETURN gone, c.likelihood AS l, c.from AS f, count(*) AS n
      """
    Then the result should be, in order:
      | gone | l | f | n |
      | 2 | null | null | 4 |

  Scenario: Groups of a property of several kinds, and of one kind
    Given an empty graph
    And having executed:
      """
      UNWIND [2, 2, 1, 1.0, 'a', 'b', 'b', true, null] AS p CREATE (:P {p: p, q: toString(p)})
      """
    When executing query:
      """
      MATCH (x:P) RETURN x.p AS p, count(DISTINCT x) AS n, count(*) AS rows ORDER BY n DESC, p LIMIT 5
      """
    Then the result should be, in order:
      | p | n | rows |
      | 'b' | 2 | 2 |
      | 1 | 2 | 2 |
      | 2 | 2 | 2 |
      | 'a' | 1 | 1 |
      | true | 1 | 1 |

  Scenario: Groups of a property, and those of another beside it
    Given an empty graph
    And having executed:
      """
      UNWIND range(0, 19) AS n CREATE (:P {p: n % 3, q: 'x' + (n % 2)})
      """
    When executing query:
      """
      MATCH (x:P) WITH x.p AS p, count(x) AS n
      MATCH (y:P {p: p}) RETURN p, n, y.q AS q, count(y) AS m ORDER BY m DESC, p, q LIMIT 3
      """
    Then the result should be, in order:
      | p | n | q | m |
      | 0 | 7 | 'x0' | 4 |
      | 1 | 7 | 'x1' | 4 |
      | 0 | 7 | 'x1' | 3 |

  Scenario: A property that changes is read anew
    Given an empty graph
    And having executed:
      """
      UNWIND range(0, 9) AS n CREATE (:P {p: n % 2})
      """
    When executing query:
      """
      MATCH (x:P) WITH x.p AS p, collect(x) AS them, count(*) AS before
      UNWIND them AS x SET x.p = 7 - x.p
      WITH DISTINCT p, before
      MATCH (y:P) RETURN y.p AS p, count(DISTINCT p) AS old, count(*) / 2 AS n ORDER BY n DESC, p
      """
    Then the result should be, in order:
      | p | old | n |
      | 6 | 2 | 5 |
      | 7 | 2 | 5 |
