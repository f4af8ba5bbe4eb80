from __future__ import annotations

import pytest

from praxi_tasks.inventory.binary.java_groups import known_group
from praxi_tasks.inventory.binary.java_names import (
    Artifact,
    name_archive,
    parse_manifest,
    parse_properties,
    split_file_name,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("spark-core_2.12-3.5.3.jar", ("spark-core_2.12", "3.5.3")),
        ("log4j-1.2-api-2.20.0.jar", ("log4j-1.2-api", "2.20.0")),
        ("zstd-jni-1.5.5-4.jar", ("zstd-jni", "1.5.5-4")),
        ("javax.jdo-3.2.0-m3.jar", ("javax.jdo", "3.2.0-m3")),
        ("hive-exec-2.3.9-core.jar", ("hive-exec", "2.3.9")),
        (
            "netty-transport-native-epoll-4.1.96.Final-linux-x86_64.jar",
            ("netty-transport-native-epoll", "4.1.96.Final"),
        ),
        ("guava-31.1-jre.jar", ("guava", "31.1-jre")),
        ("app-1.0-SNAPSHOT.war.original", ("app", "1.0-SNAPSHOT")),
        ("jsr305-3.0.0.JAR", ("jsr305", "3.0.0")),
        ("bcprov-jdk15on-1.70.jar", ("bcprov-jdk15on", "1.70")),
        ("ST4-4.0.4.jar", ("ST4", "4.0.4")),
        ("tools.jar", ("tools", "")),
        ("1.0.jar", ("1.0", "")),
        ("-1.0.jar", ("", "1.0")),
    ],
)
def test_file_names(name: str, expected: tuple[str, str]) -> None:
    assert split_file_name(name) == expected


def test_of_a_name_that_no_file_has_the_end_counts() -> None:
    artifact, version = split_file_name("1-" * 500_000 + "x-1.0.jar")
    assert (len(artifact), version) == (247, "1.0")


def test_a_manifest_ends_where_single_files_begin() -> None:
    text = b"Manifest-Version: 1.0\r\nBundle-SymbolicName: org.example.\r\n tool;singleton\n"
    text += b"IMPLEMENTATION-version: 2\n"
    text += b"\nName: a\nImplementation-Title: x\n"
    assert parse_manifest(text) == {
        "manifest-version": "1.0",
        "bundle-symbolicname": "org.example.tool;singleton",
        "implementation-version": "2",
    }
    assert parse_manifest(b"\n\nno attribute") == {}
    assert parse_manifest(b" : nameless\nA: 1") == {"a": "1"}


def test_properties_that_were_never_filled_in_are_absent() -> None:
    text = b"groupId = org.example\nartifactId=tool\nversion=${project.version}\n"
    assert parse_properties(text) == Artifact("org.example", "tool", "")
    assert parse_properties(b"\xff") == Artifact("", "", "")


OWN, OTHER = Artifact("org.example", "tool", "1.0"), Artifact("com.google.guava", "guava", "31.1-jre")
NOTHING = Artifact("", "", "")


@pytest.mark.parametrize(
    ("file_name", "poms", "manifest", "expected"),
    [
        ("tool-1.0.jar", [OWN, OTHER], {}, [OWN, OTHER]),
        ("app.jar", [OWN], {}, [OWN]),
        ("app.jar", [OWN, OTHER], {}, [OWN, OTHER]),
        ("app-2.0.jar", [OWN, OTHER], {}, [Artifact("app", "app", "2.0"), OWN, OTHER]),
        ("tool-1.1.jar", [Artifact("org.example", "tool", "")], {}, [Artifact("org.example", "tool", "1.1")]),
        ("tool.jar", [NOTHING, NOTHING], {}, []),
        (
            "spring-boot-actuator-3.1.0.jar",
            [],
            {},
            [Artifact("org.springframework.boot", "spring-boot-actuator", "3.1.0")],
        ),
        (
            "a.jar",
            [],
            {"implementation-title": "some-tool", "implementation-version": "3.2"},
            [Artifact("some-tool", "some-tool", "3.2")],
        ),
        (
            "a-b-1.0.jar",
            [],
            {"bundle-symbolicname": "org.example.a.b;x", "bundle-version": "9"},
            [Artifact("org.example", "a-b", "1.0")],
        ),
        (
            "x-1.0.jar",
            [],
            {"implementation-vendor-id": "org.example", "implementation-title": "A tool"},
            [Artifact("org.example", "x", "1.0")],
        ),
        (
            "git.hpi",
            [],
            {"short-name": "git", "plugin-version": "5.2.0", "group-id": "org.jenkins-ci.plugins"},
            [Artifact("org.jenkins-ci.plugins", "git", "5.2.0")],
        ),
        ("x.jar", [], {"implementation-version": "unknown"}, []),
    ],
)
def test_names(
    file_name: str, poms: list[Artifact], manifest: dict[str, str], expected: list[Artifact]
) -> None:
    assert list(name_archive(file_name, poms, manifest)) == expected


def test_groups_by_names_and_beginnings() -> None:
    assert known_group("spring-core") == "org.springframework"
    assert known_group("spring-security-web") == "org.springframework.security"
    assert known_group("spring-boot") == "org.springframework.boot"
    assert known_group("springish") == ""


@pytest.mark.parametrize(
    ("artifact", "group"),
    [
        ("spring-session-core", "org.springframework.session"),
        ("spring-rabbit", "org.springframework.amqp"),
        ("spring-xml", "org.springframework.ws"),
        ("grpc-netty-shaded", "io.grpc"),
        ("graphql-java", "com.graphql-java"),
        ("zookeeper", "org.apache.zookeeper"),
        ("groovy-all", "org.codehaus.groovy"),
    ],
)
def test_groups_of_what_gradle_and_ant_built(artifact: str, group: str) -> None:
    assert list(name_archive(f"{artifact}-1.0.jar", [], {})) == [Artifact(group, artifact, "1.0")]


@pytest.mark.parametrize(
    ("file_name", "manifest", "expected"),
    [
        ("org.apache.kafka.kafka-clients-3.4.0.jar", {}, ("org.apache.kafka", "kafka-clients", "3.4.0")),
        ("com.squareup.okhttp3.okhttp-4.10.0.jar", {}, ("com.squareup.okhttp3", "okhttp", "4.10.0")),
        (
            "org.example.shop.web-2.0.jar",
            {"implementation-vendor-id": "org.example.shop"},
            ("org.example.shop", "web", "2.0"),
        ),
        ("javax.servlet-api-4.0.1.jar", {}, ("javax.servlet", "javax.servlet-api", "4.0.1")),
        (
            "org.apache.felix.framework-7.0.5.jar",
            {"bundle-symbolicname": "org.apache.felix.framework"},
            ("org.apache.felix.framework", "org.apache.felix.framework", "7.0.5"),
        ),
    ],
)
def test_names_that_join_group_and_artifact(
    file_name: str, manifest: dict[str, str], expected: tuple[str, str, str]
) -> None:
    assert list(name_archive(file_name, [], manifest)) == [Artifact(*expected)]


def test_the_own_pom_of_a_name_that_joins_its_group() -> None:
    own, part = (
        Artifact("com.nimbusds", "nimbus-jose-jwt", "9.8.1"),
        Artifact("net.minidev", "json-smart", "1.3.2"),
    )
    assert list(name_archive("com.nimbusds.nimbus-jose-jwt-9.8.1.jar", [own, part], {})) == [own, part]


def test_a_group_that_is_stated_is_believed_where_only_a_beginning_is_known() -> None:
    ours = {"implementation-vendor-id": "org.myorg.spring"}
    assert name_archive("spring-web-0.7.4.jar", [], ours)[0].group == "org.myorg.spring"
    apache = {"implementation-vendor-id": "org.apache"}
    assert name_archive("tomcat-coyote-9.0.65.jar", [], apache)[0].group == "org.apache.tomcat"
    mysql = {"implementation-vendor-id": "com.mysql"}
    assert name_archive("mysql-connector-java-8.0.30.jar", [], mysql)[0].group == "mysql"


def test_a_part_of_another_version_does_not_name_the_whole() -> None:
    poms = [Artifact("io.github.java-diff-utils", "java-diff-utils", "4.16")]
    manifest = {"bundle-symbolicname": "org.scala-lang.scala-compiler;x=1"}
    compiler = Artifact("org.scala-lang", "scala-compiler", "2.13.18")
    assert name_archive("scala-compiler-2.13.18.jar", poms, manifest) == (compiler, *poms)
    assert name_archive("scala-compiler-4.16.jar", poms, manifest) == tuple(poms)
    assert name_archive("renamed-2.jar", poms, {}) == tuple(poms)
