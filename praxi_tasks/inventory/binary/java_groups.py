"""Groups of artifacts whose archives do not say them: most were not built by Maven."""

from __future__ import annotations

from typing import Final

_GROUPS: Final = {
    "annotations": "org.jetbrains",
    "ant": "org.apache.ant",
    "armeria": "com.linecorp.armeria",
    "armeria-": "com.linecorp.armeria",
    "bc-fips": "org.bouncycastle",
    "bcmail-": "org.bouncycastle",
    "bcpg-": "org.bouncycastle",
    "bcpkix-": "org.bouncycastle",
    "bcprov-": "org.bouncycastle",
    "bctls-": "org.bouncycastle",
    "bcutil-": "org.bouncycastle",
    "cassandra-driver-": "com.datastax.cassandra",
    "catalina": "org.apache.tomcat",
    "commons-compress": "org.apache.commons",
    "commons-lang3": "org.apache.commons",
    "commons-math3": "org.apache.commons",
    "commons-text": "org.apache.commons",
    "derby": "org.apache.derby",
    "elasticsearch": "org.elasticsearch",
    "elasticsearch-": "org.elasticsearch",
    "graphql-java": "com.graphql-java",
    "groovy": "org.codehaus.groovy",
    "groovy-all": "org.codehaus.groovy",
    "grpc-": "io.grpc",
    "gson": "com.google.code.gson",
    "guava": "com.google.guava",
    "guice": "com.google.inject",
    "h2": "com.h2database",
    "hibernate-core": "org.hibernate",
    "hsqldb": "org.hsqldb",
    "ion-java": "com.amazon.ion",
    "jakarta.servlet-api": "jakarta.servlet",
    "javax.servlet-api": "javax.servlet",
    "jna": "net.java.dev.jna",
    "jna-platform": "net.java.dev.jna",
    "junit-jupiter-": "org.junit.jupiter",
    "kafka-": "org.apache.kafka",
    "kafka_": "org.apache.kafka",
    "kotlin-": "org.jetbrains.kotlin",
    "kotlinx-": "org.jetbrains.kotlinx",
    "ktor-": "io.ktor",
    "libthrift": "org.apache.thrift",
    "lucene-": "org.apache.lucene",
    "lz4-java": "org.lz4",
    "micrometer-": "io.micrometer",
    "micronaut-": "io.micronaut",
    "mockito-": "org.mockito",
    "mysql-connector-j": "com.mysql",
    "mysql-connector-java": "mysql",
    "okhttp": "com.squareup.okhttp3",
    "okhttp-": "com.squareup.okhttp3",
    "okio": "com.squareup.okio",
    "opensearch": "org.opensearch",
    "opensearch-": "org.opensearch",
    "postgresql": "org.postgresql",
    "reactor-core": "io.projectreactor",
    "reactor-netty": "io.projectreactor.netty",
    "retrofit": "com.squareup.retrofit2",
    "rhino": "org.mozilla",
    "rxjava": "io.reactivex.rxjava2",
    "scala-compiler": "org.scala-lang",
    "scala-library": "org.scala-lang",
    "scala-reflect": "org.scala-lang",
    "snakeyaml": "org.yaml",
    "solr-": "org.apache.solr",
    "spring-": "org.springframework",
    "spring-ai-": "org.springframework.ai",
    "spring-amqp": "org.springframework.amqp",
    "spring-batch-": "org.springframework.batch",
    "spring-boot": "org.springframework.boot",
    "spring-boot-": "org.springframework.boot",
    "spring-cloud-": "org.springframework.cloud",
    "spring-data-": "org.springframework.data",
    "spring-graphql": "org.springframework.graphql",
    "spring-hateoas": "org.springframework.hateoas",
    "spring-integration-": "org.springframework.integration",
    "spring-kafka": "org.springframework.kafka",
    "spring-ldap-": "org.springframework.ldap",
    "spring-plugin-": "org.springframework.plugin",
    "spring-pulsar": "org.springframework.pulsar",
    "spring-rabbit": "org.springframework.amqp",
    "spring-rabbit-": "org.springframework.amqp",
    "spring-retry": "org.springframework.retry",
    "spring-security-": "org.springframework.security",
    "spring-session-": "org.springframework.session",
    "spring-shell-": "org.springframework.shell",
    "spring-statemachine-": "org.springframework.statemachine",
    "spring-vault-": "org.springframework.vault",
    "spring-webflow": "org.springframework.webflow",
    "spring-ws-": "org.springframework.ws",
    "spring-xml": "org.springframework.ws",
    "sqlite-jdbc": "org.xerial",
    "tink": "com.google.crypto.tink",
    "tomcat-": "org.apache.tomcat",
    "tomcat-embed-": "org.apache.tomcat.embed",
    "zookeeper": "org.apache.zookeeper",
}
"""By an artifact's name, or how it begins where that ends with a mark between words."""
_BY_LENGTH: Final = sorted(_GROUPS, key=len, reverse=True)


def known_group(artifact: str, stated: str = "") -> str:
    """Return the group of an artifact, or nothing where the table has none.

    Parameters
    ----------
    stated
        What its archive says of the group. Names that only begin as those of the table may be of others: they
        count where that is of the same organisation, or nothing. Of whole names the table knows better.
    """
    name = next((name for name in _BY_LENGTH if _matches(artifact, name)), "")
    group = _GROUPS.get(name, "")
    same = not stated or _organisation(stated) == _organisation(group)
    return group if same or not _is_beginning(name) else ""


def _matches(artifact: str, name: str) -> bool:
    return artifact.startswith(name) if _is_beginning(name) else artifact == name


def _is_beginning(name: str) -> bool:
    return name.endswith(("-", "_"))


def _organisation(group: str) -> list[str]:
    return group.split(".")[:2]
