"""Groups of artifacts whose archives do not say them: most were not built by Maven."""

from __future__ import annotations

from typing import Final

_GROUPS: Final = {
    "annotations": "org.jetbrains",
    "ant": "org.apache.ant",
    "bcpg-": "org.bouncycastle",
    "bcpkix-": "org.bouncycastle",
    "bcprov-": "org.bouncycastle",
    "bcutil-": "org.bouncycastle",
    "cassandra-driver-": "com.datastax.cassandra",
    "catalina": "org.apache.tomcat",
    "commons-compress": "org.apache.commons",
    "commons-lang3": "org.apache.commons",
    "commons-math3": "org.apache.commons",
    "commons-text": "org.apache.commons",
    "derby": "org.apache.derby",
    "elasticsearch": "org.elasticsearch",
    "groovy": "org.codehaus.groovy",
    "gson": "com.google.code.gson",
    "guava": "com.google.guava",
    "guice": "com.google.inject",
    "h2": "com.h2database",
    "hibernate-core": "org.hibernate",
    "hsqldb": "org.hsqldb",
    "jakarta.servlet-api": "jakarta.servlet",
    "javax.servlet-api": "javax.servlet",
    "jna": "net.java.dev.jna",
    "jna-platform": "net.java.dev.jna",
    "junit-jupiter-": "org.junit.jupiter",
    "kafka-": "org.apache.kafka",
    "kafka_": "org.apache.kafka",
    "kotlin-": "org.jetbrains.kotlin",
    "kotlinx-": "org.jetbrains.kotlinx",
    "libthrift": "org.apache.thrift",
    "lucene-": "org.apache.lucene",
    "lz4-java": "org.lz4",
    "micrometer-": "io.micrometer",
    "mockito-": "org.mockito",
    "mysql-connector-j": "com.mysql",
    "mysql-connector-java": "mysql",
    "okhttp": "com.squareup.okhttp3",
    "okio": "com.squareup.okio",
    "postgresql": "org.postgresql",
    "reactor-core": "io.projectreactor",
    "reactor-netty": "io.projectreactor.netty",
    "retrofit": "com.squareup.retrofit2",
    "rxjava": "io.reactivex.rxjava2",
    "scala-compiler": "org.scala-lang",
    "scala-library": "org.scala-lang",
    "scala-reflect": "org.scala-lang",
    "snakeyaml": "org.yaml",
    "solr-": "org.apache.solr",
    "spring-": "org.springframework",
    "spring-boot": "org.springframework.boot",
    "spring-boot-": "org.springframework.boot",
    "spring-cloud-": "org.springframework.cloud",
    "spring-data-": "org.springframework.data",
    "spring-integration-": "org.springframework.integration",
    "spring-kafka": "org.springframework.kafka",
    "spring-security-": "org.springframework.security",
    "sqlite-jdbc": "org.xerial",
    "tink": "com.google.crypto.tink",
    "tomcat-": "org.apache.tomcat",
    "tomcat-embed-": "org.apache.tomcat.embed",
}
"""By an artifact's name, or how it begins where that ends with a mark between words."""
_BY_LENGTH: Final = sorted(_GROUPS, key=len, reverse=True)


def known_group(artifact: str) -> str:
    """Return the group of an artifact, or nothing where the table has none."""
    return next((_GROUPS[name] for name in _BY_LENGTH if _matches(artifact, name)), "")


def _matches(artifact: str, name: str) -> bool:
    if name.endswith(("-", "_")):
        return artifact.startswith(name)
    return artifact == name
