Feature: rules, proofs and disputes

  Scenario Outline: What a rule gives is a relationship like others
    Given the founding case
    And having said:
      """
      rule sponsorship on.
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
      | MATCH (a)-[c:`backed-attack-on`]->({name: 'UK_Parliament'}) RETURN DISTINCT a.name AS found | 'China' |
      | MATCH ()-[c:backed_attack_on]->({name: 'UK_Parliament'}) RETURN max(c.likelihood) AS found | 97.5 |
      | MATCH ()-[c:`backed-attack-on`]->({name: 'UK_Parliament'}) RETURN collect(DISTINCT c.rule) AS found | ['sponsorship'] |
      | MATCH ()-[c:`backed-attack-on`]->({name: 'UK_Parliament'}) RETURN count(c.source) AS found | 0 |
      | EXCLUDING DERIVED MATCH ()-[c:`backed-attack-on`]->() RETURN count(c) AS found | 0 |
      | WITHOUT 'NCSC' MATCH ()-[c:`backed-attack-on`]->() RETURN count(c) AS found | 0 |
      | AS KNOWN ON '2024-03-25' MATCH ()-[c:`backed-attack-on`]->() RETURN count(c) AS found | 0 |
      | ACCORDING TO 'NCSC' MATCH ()-[c:`backed-attack-on`]->() RETURN count(c) > 0 AS found | true |
      | MATCH (a)-[c]->(b) WHERE c.rule IS NOT NULL RETURN collect(DISTINCT type(c)) AS found | ['backed-attack-on'] |
      | MATCH ({name: 'APT31'})-[c:targeted]->({name: 'UK_Parliament'}) RETURN count(c) AS found | 2 |
      | MATCH p = ({name: 'China'})-[:`backed-attack-on`*1..2]->(x) RETURN count(DISTINCT x) AS found | 2 |

  Scenario Outline: Disputes as procedures
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
      | CALL claims.disputes() YIELD subject, deniedBy WHERE subject.name = 'APT31' RETURN [d IN deniedBy \| d.name] AS found | ['China'] |
      | CALL claims.disputes() YIELD subject RETURN count(*) AS found | 3 |
      | CALL claims.singleSourced() YIELD subject, relation WHERE subject.name = 'MSS' RETURN relation AS found | 'part-of' |
      | CALL claims.corroborated() YIELD subject, independent RETURN max(independent) AS found | 2 |
      | CALL claims.secondHand() YIELD subject RETURN count(*) > 10 AS found | true |
      | CALL claims.attributions() YIELD deed RETURN count(*) AS found | 0 |
      | CALL claims.sourcesThatMatter('APT31', 'targeted', 'UK_Parliament') YIELD source, statusWithout WHERE source.name = 'NCSC' RETURN statusWithout AS found | 'unknown' |

  Scenario: A derived relationship is not there to be written
    Given the founding case
    And having said:
      """
      rule sponsorship on.
      """
    When executing query:
      """
      MATCH ()-[c:`backed-attack-on`]->() SET c.note = 'x'
      """
    Then a TypeError should be raised at runtime: DerivedRelationship

  Scenario: WHY is for rows of MATCH
    Given the founding case
    When executing query:
      """
      WHY MATCH (a)-[c]->(b) RETURN count(c)
      """
    Then a SyntaxError should be raised at compile time: NoReasons

  Scenario: What rests on nothing any more is no relationship
    Given the founding case
    And having said:
      """
      rule sponsorship on.
      """
    And having executed:
      """
      MATCH ({name: 'APT31'})-[c:`attributed-to`]->() DELETE c
      """
    When executing query:
      """
      MATCH ()-[c:`backed-attack-on`]->() RETURN count(c) AS found
      """
    Then the result should be, in order:
      | found |
      | 0 |
